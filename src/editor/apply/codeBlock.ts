/** The code in an answer that was asked to hold nothing else. */
export type AnsweredCode =
	| { readonly type: 'code'; readonly code: string }
	/** The block was never closed: the answer ended too early. `code`: what had come of it. */
	| { readonly type: 'cut'; readonly code: string }
	| { readonly type: 'none' };

const fence = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n`]*$/;

/**
 * The longest fenced block of the Markdown, without its fences: models put remarks, or a line to run, around the code. A
 * text without any fence is taken for the code itself.
 */
export function codeOf(markdown: string): AnsweredCode {
	const plain = fencedBlocks(markdown, false);
	// By the rules of Markdown, the block that is inside another one with the same fence ends that one, and too few are left.
	const nested = plain.open === undefined ? plain : fencedBlocks(markdown, true);
	if (nested.open !== undefined) return { type: 'cut', code: (plain.open ?? nested.open).join('\n') };
	const longest = nested.blocks.reduce((a, b) => (b.length > a.length ? b : a), '');
	const code = nested.blocks.length === 0 ? withoutBlankEnds(markdown) : longest;
	return code.trim() === '' ? { type: 'none' } : { type: 'code', code };
}

interface Fenced {
	readonly blocks: readonly string[];
	/** The lines of a block that was never closed. */
	readonly open?: readonly string[];
}

/** @param canNest whether a fence that names a language begins a block inside another one */
function fencedBlocks(markdown: string, canNest: boolean): Fenced {
	const blocks: string[] = [];
	let open: { readonly mark: string; readonly lines: string[] } | undefined;
	let depth = 0;
	for (const line of markdown.split(/\r?\n/)) {
		const mark = fence.exec(line)?.[1];
		if (open === undefined) {
			if (mark !== undefined) open = { mark, lines: [] };
			continue;
		}
		const isFence = mark?.startsWith(open.mark) === true;
		const isBare = line.trim() === mark;
		if (isFence && isBare && depth === 0) {
			blocks.push(open.lines.join('\n'));
			open = undefined;
			continue;
		}
		if (canNest && isFence) depth += isBare ? -1 : 1;
		open.lines.push(line);
	}
	return { blocks, ...(open && { open: open.lines }) };
}

/** Its first line keeps its indent. */
function withoutBlankEnds(text: string): string {
	return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}
