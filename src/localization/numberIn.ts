/**
 * Digits with separators for thousands as people type them, and a point or a comma for a fraction. A `whole` number has no
 * fraction: `1.000` is a thousand there, as Vietnamese writes it, and as we show it. What begins with a zero has no thousands.
 */
export function numberIn(text: string, whole = false): number | undefined {
	const small = /^0[.,](\d+)$/.exec(text.trim())?.[1];
	if (small !== undefined) return Number(`0.${small}`);
	const plain = text
		.trim()
		.replace(whole ? /(?<=\d)[\s,_.](?=\d{3}(?!\d))/g : /(?<=\d)[\s,_](?=\d{3}(?!\d))/g, '')
		.replace(/^(\d+),(\d{1,2})$/, '$1.$2');
	if (plain === '') return undefined;
	return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}
