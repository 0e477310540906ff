/** Letters with a mark that Unicode takes for a part of them. */
const whole: Readonly<Record<string, string>> = { đ: 'd', ł: 'l', ø: 'o', ı: 'i' };

/** What each letter is searched as, once it was met: with each letter that is typed all conversations are searched. */
const known = new Map<string, string>();

/**
 * A text as it is searched: whatever its case, and without the accents of Latin letters, so that “so sanh” finds “So sánh”.
 * It is as long as the text: a place in it is the same place there.
 */
export function searchable(text: string): string {
	return text.replace(
		/[\p{Changes_When_Lowercased}\u00c0-\u024f\u1e00-\u1eff]/gu,
		(letter) => known.get(letter) ?? searchedAs(letter),
	);
}

function searchedAs(letter: string): string {
	const plain = /[\u00c0-\u024f\u1e00-\u1eff]/.test(letter) ? letter.normalize('NFD').charAt(0) : letter;
	const lower = plain.toLowerCase();
	const searched = whole[lower] ?? lower;
	known.set(letter, searched);
	return searched;
}
