/** A part of a text, from `start` up to but not including `end`. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** The spans in order; those that overlap or touch become one. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
	const result: Span[] = [];
	for (const span of [...spans].sort((a, b) => a.start - b.start)) {
		const last = result.at(-1);
		if (last && span.start <= last.end) {
			result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
		} else {
			result.push(span);
		}
	}
	return result;
}
