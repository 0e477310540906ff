/**
 * Digits with separators for thousands as people type them, and a point or a comma for a fraction. A `whole` number has no
 * fraction: `1.000` is a thousand there, as Vietnamese writes it, and as we show it. Elsewhere it is NaN: it is one to an English
 * reader. What begins with a zero has no thousands.
 */
export function numberIn(text: string, whole = false): number | undefined {
	const small = /^0[.,](\d+)$/.exec(text.trim())?.[1];
	if (small !== undefined) return Number(`0.${small}`);
	const plain = text
		.trim()
		.replace(whole ? /(?<=\d)[\s,_.](?=\d{3}(?!\d))/g : /(?<=\d)[\s,_](?=\d{3}(?!\d))/g, '')
		.replace(/^(\d+),(\d{1,2})$/, '$1.$2');
	if (plain === '') return undefined;
	return /^\d+(\.\d+)?$/.test(plain) && (whole || !ambiguous.test(plain)) ? Number(plain) : Number.NaN;
}

const ambiguous = /^\d{1,3}\.\d{3}$/;

/** As it stands in a box, to be read again. */
export function numberFor(value: number | undefined): string {
	const text = value === undefined ? '' : String(value);
	return ambiguous.test(text) ? `${text}0` : text;
}
