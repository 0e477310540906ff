import fc from 'fast-check';

/** Pieces of which texts are made that want to be read as something else than text. */
const pieces = [
	...['[', ']', '(', ')', '](', '[x](', '](command:', '](https://', 'command:', 'https://evil.invalid', 'file:///etc'],
	...['$(', '$(key)', '\\$(key)', '\\', '`', '**', '_', '~~', '<', '>', '<a href="command:x">', '&#91;', '&', '![x]('],
	...['www.evil.invalid', 'a@evil.invalid', '"', "'", ' "title"', '# ', '- ', '1. ', '> ', '|', '---', '===', '    '],
	...['\n', '\r\n', '\t', '\0', '\u001b[31m', '\u202e', '\u2066', '\u200b', '\u2060', '\ufeff', '\u00ad', '\ud800'],
	...['{0}', '{1}', '%s', 'x', 'a name', '\u200d', '👩‍💻', 'Hà Nội', 'שלום'],
];

/** A text as an attacker would write it, whole attacks among them. */
export const attackText = fc.oneof(
	{ weight: 6, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')) },
	{ weight: 1, arbitrary: fc.constant('[View](command:workbench.action.toggleSidebarPosition)') },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
	{ weight: 1, arbitrary: fc.constantFrom('A', ']', '](', '$(key)', '\u202e').map((one) => one.repeat(3_000)) },
);

/** How VS Code finds links in a notification (src/vs/base/common/linkedText.ts of its sources, by its behaviour). */
export function linksIn(text: string): readonly string[] {
	const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (?:"[^"]+"|'[^']+'))?\)/gi;
	return [...text.matchAll(link)].map(([, , target = '']) => target);
}

/** How VS Code finds icons in a label; one with a backslash before it is none, but other places know no such mark. */
export function iconsIn(text: string): readonly string[] {
	return text.match(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g) ?? [];
}
