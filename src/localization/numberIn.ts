import type { Words } from './words';

export interface NumberRange {
	readonly least: number;
	readonly most: number;
	readonly whole: boolean;
}

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

/** Why what a person typed is no number in the range; nothing typed is none to refuse. */
export function numberProblem(
	text: string,
	{ least, most, whole }: NumberRange,
	{ t, describeCount }: Pick<Words, 't' | 'describeCount'>,
): string | undefined {
	const number = numberIn(text, whole);
	if (number === undefined) return undefined;
	if (number >= least && number <= most && (!whole || Number.isInteger(number))) return undefined;
	return whole
		? t('A whole number from {0} to {1}.', least, describeCount(most))
		: t('A number from {0} to {1}. Write a thousand as 1000.', least, most);
}
