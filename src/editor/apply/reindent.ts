/** Where code is to stand in a document. */
export interface Place {
	/** White space at the beginning of the line where the code begins. */
	readonly indent: string;
	/** The code begins where its line does, not after the indent or in the middle. */
	readonly atLineStart: boolean;
	/** The text that the code replaces. */
	readonly replaced: string;
}

/**
 * Code of an answer as it fits its place: indented as the line is where the answer has no indent of its own, and with a
 * line end at its end only where the replaced text has one.
 */
export function reindent(code: string, { indent, atLineStart, replaced }: Place): string {
	const lines = withoutEmptyEnd(code.replace(/\r\n?/g, '\n').split('\n'));
	const flush = lines.some((line) => /^\S/.test(line));
	const fitted = flush
		? lines.map((line, i) => (line === '' || (i === 0 && !atLineStart) ? line : indent + line))
		: withoutFirstIndent(lines, atLineStart);
	return fitted.join('\n') + (/[\r\n]$/.test(replaced) ? '\n' : '');
}

function withoutEmptyEnd(lines: readonly string[]): readonly string[] {
	return lines.slice(0, Math.max(1, lines.findLastIndex((line) => line !== '') + 1));
}

/** The line's own indent stands before the code already. */
function withoutFirstIndent([first = '', ...rest]: readonly string[], atLineStart: boolean): readonly string[] {
	return [atLineStart ? first : first.trimStart(), ...rest];
}
