/** The code in an answer that was asked to hold nothing else. */
export type AnsweredCode =
	| { readonly type: 'code'; readonly code: string }
	/** The block was never closed: the answer ended too early. `code`: what had come of it. */
	| { readonly type: 'cut'; readonly code: string }
	| { readonly type: 'none' };

const fence = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n`]*$/;

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
	if (open !== undefined) return { type: 'cut', code: open.lines.join('\n') };
	const longest = blocks.reduce((a, b) => (b.length > a.length ? b : a), '');
	const code = blocks.length === 0 && bare === 'code' ? markdown.trim() : longest;
	return code.trim() === '' ? { type: 'none' } : { type: 'code', code };
}
