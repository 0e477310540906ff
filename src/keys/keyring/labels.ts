import { longestLabel } from './ids';

/** The first of `numbered(1)`, `numbered(2)`… that is not taken. */
export function nextLabel(taken: ReadonlySet<string>, numbered: (n: number) => string): string {
	for (let n = 1; ; n += 1) {
		const label = numbered(n);
		if (!taken.has(label)) {
			return label;
		}
	}
}

/** A wish made into a label: one line, 1 to 60 characters, numbered where it is taken. Undefined: nothing is left of it. */
export function uniqueLabel(wish: string, taken: ReadonlySet<string>): string | undefined {
	const line = wish
		.slice(0, 1_000)
		.replace(/[\p{Cc}\s]+/gu, ' ')
		.trim();
	const label = cut(line, longestLabel);
	if (label === '' || !taken.has(label)) {
		return label || undefined;
	}
	return nextLabel(taken, (n) => `${cut(label, longestLabel - 6)} ${n + 1}`);
}

/** Never cuts a character of two units in half. */
function cut(text: string, length: number): string {
	return text
		.slice(0, length)
		.replace(/\p{Surrogate}/gu, '')
		.trim();
}
