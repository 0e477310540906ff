/** Letters with a mark that Unicode takes for a part of them. */
const whole: Readonly<Record<string, string>> = { đ: 'd', ł: 'l', ø: 'o', ı: 'i' };

/**
 * A text as it is searched: whatever its case, and without the accents of Latin letters, so that “so sanh” finds “So sánh”.
 * It is as long as the text: a place in it is the same place there.
 */
export function searchable(text: string): string {
	return text.replace(/[A-Z\u0080-\uffff]/g, (letter) => {
		const plain = /[\u00c0-\u024f\u1e00-\u1eff]/.test(letter) ? letter.normalize('NFD').charAt(0) : letter;
		const lower = plain.toLowerCase();
		return whole[lower] ?? (lower.length === 1 ? lower : letter);
	});
}
