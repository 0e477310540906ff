/** A part of an answer that can be drawn on its own. `code` is a fenced block that stands in no list or quote. */
export type Block =
	| { readonly type: 'text'; readonly source: string }
	| {
			readonly type: 'code';
			readonly language: string;
			readonly source: string;
	  };

/** UTF-16 units after which a text block is cut at the next line that can begin one, so that no single block takes long to draw. */
const longText = 16_000;

const fenceStart = /^(`{3,}(?!`)|~{3,}(?!~))([^\n]*)$/;
const listItem = /^\s{0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
/** Bounded: a line of millions of marks would be more than an expression can go back over. */
const nestedFence = /^(?:\s|>|[-*+]\s|\d{1,9}[.)]\s){0,1000}(`{3,}(?!`)|~{3,}(?!~))([^\n]*)$/;
const tableRule = /^[\s|]*:?-[\s|:-]*$/;
/** What has come of a line is only marks, or opens a fence: it can still become a heading, a list, a block of code. */
const undecided = /^[\s>]*(?:(?:[-=*+_`~#|:.\d)]+\s*)?$|`{3}|~{3})/;
/** By its indent it is no code, wherever it stands. */
const shallow = /^ {0,3}\S/;
/** UTF-16 units: a longer line is decided. */
const longMarks = 100;

/**
 * Cuts growing Markdown into blocks that will not change any more (`settled`) and the one that still grows (`tail`),
 * so that only the tail is drawn again. Works line by line: each character is looked at once.
 */
export class Splitter {
	private readonly done: Block[] = [];
	private partial = '';
	private lines = '';
	/** The first two lines of the block, for a table that must be cut. */
	private head: readonly string[] = [];
	private inList = false;
	private afterBlank = false;
	private nested: string | undefined;
	private fence:
		| {
				readonly mark: string;
				readonly indent: number;
				readonly language: string;
		  }
		| undefined;

	get settled(): readonly Block[] {
		return this.done;
	}

	/** What can be shown of the block that still grows. */
	get tail(): Block | undefined {
		// A line end can come in two pieces.
		const partial = this.partial.replace(/\r$/, '');
		const shown = partial.length < longMarks && undecided.test(partial) ? '' : partial;
		if (this.fence) {
			return {
				type: 'code',
				language: this.fence.language,
				source: this.lines + unindented(shown, this.fence.indent),
			};
		}
		const source = this.lines + shown;
		return source.trim() === '' ? undefined : { type: 'text', source };
	}

	push(text: string): void {
		let from = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
			this.line((this.partial + text.slice(from, end)).replace(/\r$/, ''));
			this.partial = '';
			from = end + 1;
		}
		this.partial += text.slice(from);
	}

	/** No more comes: everything settles, a fence that was never closed too. */
	end(): void {
		if (this.partial !== '') {
			this.line(this.partial);
			this.partial = '';
		}
		this.settle();
	}

	private line(line: string): void {
		if (this.fence) {
			this.codeLine(line, this.fence);
		} else {
			this.textLine(line);
		}
	}

	private codeLine(line: string, { mark, indent }: { readonly mark: string; readonly indent: number }): void {
		if (closes(line, mark)) {
			this.settle();
		} else {
			this.lines += `${unindented(line, indent)}\n`;
		}
	}

	private textLine(line: string): void {
		if (this.nested !== undefined && this.insideNested(line, this.nested)) {
			this.append(line);
			return;
		}
		if (line.trim() === '') {
			this.append(line);
			this.afterBlank = true;
			return;
		}
		if (this.opensFence(line)) {
			return;
		}
		const starts = this.afterBlank && !/^\s/.test(line) && !(this.inList && listItem.test(line));
		if (starts) {
			this.settle();
		} else if (this.lines.length > longText && (shallow.test(line) || this.lines.length > 2 * longText)) {
			this.cut();
		}
		this.afterBlank = false;
		this.inList ||= listItem.test(line);
		this.nested = nestedFence.exec(line)?.[1];
		this.append(line);
	}

	private opensFence(line: string): boolean {
		const indent = line.search(/\S/);
		const [, mark, info] = (indent < 4 && !(this.inList && indent > 0) && fenceStart.exec(line.slice(indent))) || [];
		if (mark === undefined || info === undefined || (mark.startsWith('`') && info.includes('`'))) {
			return false;
		}
		this.settle();
		this.fence = { mark, indent, language: info.trim().split(/\s/)[0] ?? '' };
		return true;
	}

	/** A fence in a list item or a quote ends with its mark, or with the item or quote. */
	private insideNested(line: string, mark: string): boolean {
		const left = line.trim() !== '' && !/^[\s>]/.test(line);
		if (left || closes(line.replace(/^[\s>]*/, ''), mark)) {
			this.nested = undefined;
		}
		return !left;
	}

	private append(line: string): void {
		if (this.head.length < 2) {
			this.head = [...this.head, line];
		}
		this.lines += `${line}\n`;
	}

	/** A table goes on under its own header. */
	private cut(): void {
		const [header, rule] = this.head;
		const inList = this.inList;
		this.settle();
		this.inList = inList;
		if (header?.includes('|') && rule !== undefined && rule.length < longText && tableRule.test(rule)) {
			this.append(header);
			this.append(rule);
		}
	}

	private settle(): void {
		if (this.fence) {
			this.done.push({
				type: 'code',
				language: this.fence.language,
				source: this.lines,
			});
		} else if (this.lines.trim() !== '') {
			this.done.push({ type: 'text', source: this.lines });
		}
		this.lines = '';
		this.head = [];
		this.fence = undefined;
		this.nested = undefined;
		this.inList = false;
		this.afterBlank = false;
	}
}

function closes(line: string, mark: string): boolean {
	const [, run] = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line) ?? [];
	return run !== undefined && run.startsWith(mark);
}

function unindented(line: string, columns: number): string {
	return columns === 0 ? line : line.replace(new RegExp(`^ {0,${columns}}`), '');
}
