/**
 * Invisible characters, and those that change the order in which others are shown. Both can make code do something else than
 * it seems to do ("Trojan Source", CVE-2021-42574).
 */

/** Unicode's default ignorables (zero-width, bidirectional, tags, variation selectors), for a character class with flag `u`. */
const ignorable = '\\p{Default_Ignorable_Code_Point}';

/** Also control characters other than tabs and line ends, and annotation marks. */
export const unseen = `${ignorable}\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufff9-\\ufffb`;

/** Also line separators. */
const suspicious = `[${unseen}\\u2028\\u2029]`;

/** Emoji need some: one variation selector after a pictograph or in a keycap, a joiner between two pictographs. */
const emoji = '(?:\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]|[0-9#*]\\ufe0f(?=\\u20e3))(?![\\ufe00-\\ufe0f])';
const joined = '\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]{0,2}\\u200d(?=\\p{Extended_Pictographic})';

const pattern = new RegExp(`(${joined}|${emoji}|[\\t\\n\\r])|${suspicious}`, 'gu');

/** One such character in a text. */
export interface Invisible {
	/** In UTF-16 units. */
	readonly start: number;
	readonly end: number;
	/** For instance `U+202E`. */
	readonly name: string;
}

/** The suspicious characters in `text`, in order. */
export function* invisibleIn(text: string): Generator<Invisible> {
	for (const match of text.matchAll(pattern)) {
		if (match[1] !== undefined) continue;
		const [character] = match;
		const name = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
		yield { start: match.index, end: match.index + character.length, name };
	}
}

/** Kinds that are listed. */
const maxNamed = 3;

/** For instance `U+202E × 2, U+200B`; undefined if there are none. */
export function invisibleNames(text: string): string | undefined {
	const counts = new Map<string, number>();
	for (const { name } of invisibleIn(text)) counts.set(name, (counts.get(name) ?? 0) + 1);
	if (counts.size === 0) return undefined;
	const kinds = [...counts].slice(0, maxNamed).map(([name, count]) => (count === 1 ? name : `${name} × ${count}`));
	return [...kinds, ...(counts.size > maxNamed ? ['…'] : [])].join(', ');
}

/** `text` without suspicious characters. */
export function withoutInvisible(text: string): string {
	return text.replace(pattern, (_, kept: string | undefined) => kept ?? '');
}
