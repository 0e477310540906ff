/** A part of a text, in UTF-16 units: `start` counts, `end` does not. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** One change of a text, as `vscode.TextDocumentContentChangeEvent` tells it. */
export interface TextChange {
	readonly rangeOffset: number;
	readonly rangeLength: number;
	readonly text: string;
}

/**
 * Where the span is after the changes of one event; undefined when one of them touched what it holds. The changes of an
 * event are told from the end of the text to its start, each against what the ones before it left.
 */
export function moved(span: Span, changes: readonly TextChange[]): Span | undefined {
	let { start, end } = span;
	for (const { rangeOffset, rangeLength, text } of changes) {
		const until = rangeOffset + rangeLength;
		if (until <= start && !(rangeLength === 0 && start === end && rangeOffset === start)) {
			start += text.length - rangeLength;
			end += text.length - rangeLength;
		} else if (rangeOffset < end || (start === end && rangeOffset === start)) {
			return undefined;
		}
	}
	return { start, end };
}
