/** On one line and at most `most` UTF-16 units, cut between characters. */
export function oneLine(text: string, most: number): string {
	return cut(text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), most);
}

/** At most `most` UTF-16 units, which no limit of a receiver counts as more characters. */
export function cut(text: string, most: number): string {
	if (text.length <= most) return text;
	const short = text.slice(0, most - 1);
	return `${/[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short}…`;
}
