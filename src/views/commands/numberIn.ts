/** Digits with separators for thousands as people type them, and a point for a fraction. */
export function numberIn(text: string): number | undefined {
	const plain = text.trim().replace(/(?<=\d)[\s,_](?=\d{3}(?!\d))/g, '');
	if (plain === '') return undefined;
	return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN;
}
