/** Letters with a mark that Unicode takes for a part of them. */
const whole: Readonly<Record<string, string>> = { đ: 'd', ł: 'l', ø: 'o', ı: 'i' };

/**
 * A text as it is searched: whatever its case, and without the accents of Latin letters, so that “so sanh” finds “So sánh”.
 * It is as long as the text: a place in it is the same place there.
 */
export function searchable(text: string): string {
	// What stays as it is calls nothing: with each letter that is typed all conversations are searched.
	return text.replace(/[\p{Changes_When_Lowercased}\u00c0-\u024f\u1e00-\u1eff]/gu, (letter) => {
		const plain = /[\u00c0-\u024f\u1e00-\u1eff]/.test(letter) ? letter.normalize('NFD').charAt(0) : letter;
		const lower = plain.toLowerCase();
		return whole[lower] ?? lower;
	});
}
