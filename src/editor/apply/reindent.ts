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
		? withIndent(lines, indent, replaced).map((line, i) => (i === 0 && !atLineStart ? line.trimStart() : line))
		: withoutFirstIndent(lines, atLineStart);
	return fitted.join('\n') + (/[\r\n]$/.test(replaced) ? '\n' : '');
}

/** Answers leave out the indent that all lines have in common, or that of the first line alone. */
function withIndent([first = '', ...rest]: readonly string[], indent: string, replaced: string): readonly string[] {
	const replacedRest = replaced.split(/\r\n?|\n/).slice(1);
	const deepest = commonIndent(replacedRest);
	const isFirstTrimmed = deepest !== undefined && deepest !== '' && commonIndent(rest) === deepest;
	const common = isFirstTrimmed ? '' : (commonIndent([indent + '.', ...replacedRest]) ?? '');
	return [
		first === '' ? '' : (/^\S/.test(first) ? indent : common) + first,
		...rest.map((line) => (line === '' ? '' : common + line)),
	];
}

/** What all lines begin with that are not blank; undefined where all are. */
function commonIndent(lines: readonly string[]): string | undefined {
	const indents = lines.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)?.[0] ?? '');
	const [shortest] = [...indents].sort((a, b) => a.length - b.length);
	if (shortest === undefined) return undefined;
	let length = shortest.length;
	while (!indents.every((indent) => indent.startsWith(shortest.slice(0, length)))) length--;
	return shortest.slice(0, length);
}

function withoutEmptyEnd(lines: readonly string[]): readonly string[] {
	return lines.slice(0, Math.max(1, lines.findLastIndex((line) => line !== '') + 1));
}

/** The line's own indent stands before the code already. */
function withoutFirstIndent([first = '', ...rest]: readonly string[], atLineStart: boolean): readonly string[] {
	return [atLineStart ? first : first.trimStart(), ...rest];
}
