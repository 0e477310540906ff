/** The code in an answer that was asked to hold nothing else. */
export type AnsweredCode =
	| { readonly is: 'code'; readonly code: string }
	/** The block was never closed: the answer ended too early. `code`: what had come of it. */
	| { readonly is: 'cut'; readonly code: string }
	| { readonly is: 'none' };

const fence = /^ {0,3}(`{3,}|~{3,})[^\n`]*$/;

/**
 * The longest fenced block of the Markdown, without its fences: models put remarks, or a line to run, around the code. A
 * text without any fence is taken for the code itself where it is `bare`.
 */
export function codeOf(markdown: string, bare: 'code' | 'prose'): AnsweredCode {
	const blocks: string[] = [];
	let open: { readonly mark: string; readonly lines: string[] } | undefined;
	for (const line of markdown.split(/\r?\n/)) {
		const mark = fence.exec(line)?.[1];
		if (open === undefined) {
			if (mark !== undefined) open = { mark, lines: [] };
		} else if (mark?.startsWith(open.mark) === true && line.trim() === mark) {
			blocks.push(open.lines.join('\n'));
			open = undefined;
		} else {
			open.lines.push(line);
		}
	}
	if (open !== undefined) return { is: 'cut', code: open.lines.join('\n') };
	const longest = blocks.reduce((a, b) => (b.length > a.length ? b : a), '');
	const code = blocks.length === 0 && bare === 'code' ? markdown.trim() : longest;
	return code.trim() === '' ? { is: 'none' } : { is: 'code', code };
}

/**
 * The code in place of `original`: at its indentation, where the answer's own is less or more as a whole, and with its line
 * ends.
 */
export function fitted(code: string, original: string): string {
	const eol = original.includes('\r\n') ? '\r\n' : '\n';
	const from = indentationOf(code);
	const to = indentationOf(original);
	const lines = trimmedLines(code).map((line) => {
		if (line.trim() === '') return '';
		return line.startsWith(from) ? to + line.slice(from.length) : line;
	});
	return lines.join(eol) + (/\n$/.test(original) ? eol : '');
}

/** Without empty lines at either end. */
function trimmedLines(text: string): string[] {
	const lines = text.split(/\r?\n/);
	const first = lines.findIndex((line) => line.trim() !== '');
	const last = lines.findLastIndex((line) => line.trim() !== '');
	return lines.slice(Math.max(0, first), last + 1);
}

/** What all lines with something on them begin with. */
function indentationOf(text: string): string {
	const indents = text
		.split(/\r?\n/)
		.filter((line) => line.trim() !== '')
		.map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
	const shortest = indents.reduce((a, b) => (b.length < a.length ? b : a), indents[0] ?? '');
	return indents.every((indent) => indent.startsWith(shortest)) ? shortest : '';
}
