/** Characters of a label. */
export const maxLabelLength = 60;

/** The first of `numbered(1)`, `numbered(2)`… that is not taken. */
export function nextLabel(taken: ReadonlySet<string>, numbered: (n: number) => string): string {
	for (let n = 1; ; n += 1) {
		const label = numbered(n);
		if (!taken.has(label)) {
			return label;
		}
	}
}

/** Makes a label of a text: one line, 1 to 60 characters, numbered if it is taken. Undefined if nothing is left of it. */
export function uniqueLabel(text: string, taken: ReadonlySet<string>): string | undefined {
	const line = text
		.slice(0, 1_000)
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	const label = cut(line, maxLabelLength);
	if (label === '' || !taken.has(label)) {
		return label || undefined;
	}
	return nextLabel(taken, (n) => `${cut(label, maxLabelLength - 6)} ${n + 1}`);
}

/** Never cuts a surrogate pair in half. */
function cut(text: string, length: number): string {
	return text
		.slice(0, length)
		.replace(/\p{Surrogate}/gu, '')
		.trim();
}
