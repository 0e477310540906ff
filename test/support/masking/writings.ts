/** Ways in which a whole secret can be written in a text, each with what it is called. `at` picks a character. */
export type Writing = (secret: string, at: number) => string;

const within = (secret: string, at: number, put: (character: string) => string): string => {
	const place = at % secret.length;
	return secret.slice(0, place) + put(secret[place] ?? '') + secret.slice(place + 1);
};
const hex4 = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0');
const percent = (character: string): string => `%${hex4(character).slice(2)}`;
const every = (secret: string, put: (character: string) => string): string => Array.from(secret, put).join('');
const base64 = (offset: number, alphabet: 'base64' | 'base64url'): Writing => {
	return (secret) => Buffer.from(`${'?'.repeat(offset)}${secret}, and more`).toString(alphabet);
};
/** Right after a character, so that it stands inside or after the secret. */
const after =
	(put: string): Writing =>
	(secret, at) =>
		within(secret, at, (character) => character + put);

export const writings: Readonly<Record<string, Writing>> = {
	'as it is': (secret) => secret,
	'base64 at offset 0': base64(0, 'base64'),
	'base64 at offset 1': base64(1, 'base64'),
	'base64 at offset 2': base64(2, 'base64'),
	'base64url at offset 0': base64(3, 'base64url'),
	'base64url at offset 1': base64(4, 'base64url'),
	'base64url at offset 2': base64(5, 'base64url'),
	'base64 in lines of 20': (secret, at) => base64(at, 'base64')(secret, at).replace(/.{20}/g, '$&\r\n'),
	'base64 in JSON with escaped slashes': (secret, at) => base64(at, 'base64')(secret, at).replaceAll('/', '\\/'),
	'base64 in a URL': (secret, at) => encodeURIComponent(base64(at, 'base64')(secret, at)),
	'hex in lower case': (secret) => Buffer.from(secret).toString('hex'),
	'hex in upper case': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
	'JSON, one character escaped': (secret, at) => within(secret, at, (character) => `\\u${hex4(character)}`),
	'JSON, all characters escaped': (secret) => every(secret, (character) => `\\u${hex4(character).toUpperCase()}`),
	'JSON in JSON, one character escaped': (secret, at) => within(secret, at, (character) => `\\\\u${hex4(character)}`),
	'JavaScript, one character escaped': (secret, at) => within(secret, at, (c) => `\\x${hex4(c).slice(2)}`),
	'JavaScript, one code point escaped': (secret, at) => within(secret, at, (c) => `\\u{${hex4(c)}}`),
	'a URL, one character escaped': (secret, at) => within(secret, at, percent),
	'a URL, all characters escaped': (secret) => every(secret, percent),
	'a URL in a URL, one character escaped': (secret, at) => within(secret, at, (c) => `%25${hex4(c).slice(2)}`),
	'HTML, one character by number': (secret, at) => within(secret, at, (c) => `&#${c.charCodeAt(0)};`),
	'HTML, one character by hex number': (secret, at) => within(secret, at, (c) => `&#x${hex4(c)};`),
	'Markdown, its punctuation escaped': (secret) => secret.replace(/[!-/:-@[-`{-~]/g, '\\$&'),
	'a zero-width space inside': after('\u200b'),
	'a byte order mark inside': after('\ufeff'),
	'a soft hyphen inside': after('\u00ad'),
	'an override inside': after('\u202e'),
	'a tag inside': after('\u{e0041}'),
	'a zero-width joiner after each character': (secret) => every(secret, (character) => `${character}\u200d`),
	'a zero-width space inside, escaped in JSON': after('\\u200b'),
	'a zero-width space inside, escaped in a URL': after('%E2%80%8B'),
	'a line break inside': after('\n'),
	'a Windows line break inside': after('\r\n'),
	'a line break inside, indented': after('\n\t    '),
	'a line break inside, escaped in JSON': after('\\n'),
	'a Windows line break inside, escaped in JSON': after('\\r\\n'),
	'a line break inside, escaped in JSON in JSON': after('\\\\n'),
	'a line break inside, escaped in a URL': after('%0D%0A'),
	'a hard break of Markdown inside': after('  \n'),
	'two hard breaks of Markdown inside': (secret) => secret.replace(/.{20}/g, '$&  \n'),
	'a hard break inside, blanks around it': after('\t    \r\n\t    '),
	'a hard break inside, escaped in JSON': after('  \\n'),
	'a hard break inside, all of it escaped in HTML': after('&#32;&#32;&#10;'),
	'a mark of an annotation after each character': (secret) => every(secret, (character) => `${character}\ufff9`),
	'a NUL after each character': (secret) => every(secret, (character) => `${character}\0`),
	'a NUL inside, escaped in JSON': after('\\u0000'),
	'a backspace after each character': (secret) => every(secret, (character) => `${character}\b`),
	'a backspace inside, escaped in JSON': after('\\b'),
	'a vertical tab inside': after('\v'),
	'a form feed inside, escaped in JSON': after('\\f'),
	'a control character of Latin-1 inside': after('\u0085'),
	'a line that goes on': after('\\\n'),
	'a line break and an escape': (secret, at) => within(secret, at, (character) => `\n\\u${hex4(character)}`),
};

/** What a reader could turn back into the secret: the text with each way of writing undone that `writings` has. */
export function readings(text: string): readonly string[] {
	const once = (from: string): string =>
		from
			.replace(/\\\r?\n/g, '')
			.replace(/\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, a?: string, b?: string, c?: string) =>
				String.fromCodePoint(Number.parseInt(a ?? b ?? c ?? '0', 16)),
			)
			.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
			.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
			.replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
			.replace(/[ \t]*(?:\\r|\\n)|\\b|\\f/g, '')
			.replace(/\\([^\w\s])/g, '$1')
			.replace(/[^\P{Cc}\t\r\n]|[\ufff9-\ufffb]/gu, '')
			.replace(/[\u200b-\u200f\u202a-\u202e\ufeff\u00ad\u{e0000}-\u{e007f}]|[ \t]*[\r\n]+[ \t]*/gu, '');
	const all = [text];
	for (let depth = 0; depth < 3; depth += 1) all.push(once(all.at(-1) ?? ''));
	const unpacked = all.flatMap((reading) => [
		...[0, 1, 2, 3].flatMap((skip) =>
			(reading.match(/[\w+/-]{16,}/g) ?? []).map((run) => Buffer.from(run.slice(skip), 'base64').toString('latin1')),
		),
		...[0, 1].flatMap((skip) =>
			(reading.match(/[0-9a-f]{16,}/gi) ?? []).map((run) => Buffer.from(run.slice(skip), 'hex').toString('latin1')),
		),
	]);
	return [...all, ...unpacked];
}
