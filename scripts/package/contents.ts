import { homedir, tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/** What is in a VSIX, by name. */
export type Contents = ReadonlyMap<string, Buffer>;

/** What must be there. `vsce` gives some files names of its own. */
const needed = [
	...['[Content_Types].xml', 'extension.vsixmanifest'],
	...['package.json', 'package.nls.json', 'package.nls.vi.json', 'l10n/bundle.l10n.vi.json'].map(within),
	...['readme.md', 'changelog.md', 'LICENSE.txt', 'dist/ThirdPartyNotices.txt', 'media/icon.png'].map(within),
	...[
		'dist/extension.js',
		'dist/web.js',
		'dist/chat.js',
		'dist/chat.css',
		'dist/dashboard.js',
		'dist/dashboard.css',
	].map(within),
	...['dist/codicon.css', 'dist/codicon.ttf'].map(within),
];

/** What may be there besides; a file of another kind must be added here by somebody who wants it shipped. */
const welcome = [/^extension\/dist\/chunks\/[\w-]+\.js$/, /^extension\/media\/[\w./-]+\.(svg|png|md)$/];

function within(name: string): string {
	return `extension/${name}`;
}

/** What lacks, pictures that the manifest names among it. */
export function lacking(contents: Contents): readonly string[] {
	const named = textOf(contents, 'extension/package.json').match(/media\/[\w./-]+/g) ?? [];
	const wanted = [...needed, ...named.map(within)];
	return [...new Set(wanted)].filter((name) => !contents.get(name)?.length);
}

export function surplus(contents: Contents): readonly string[] {
	return [...contents.keys()].filter((name) => !needed.includes(name) && !welcome.some((kind) => kind.test(name)));
}

/** What nobody's package may say: a setting of developers, a key of any shape, the way to a source map. */
const forbidden = [/KEYPOOL_BASE_URL/, /AIza[\w-]{30}/, /AQ\.[\w-]{20}/, /sourceMappingURL=\w/];

/** Folders of whoever packs; with a closing slash, as `/root` alone is part of many a word. */
const folders = (root: string): readonly string[] => [
	root,
	...new Set([homedir(), userInfo().homedir, tmpdir()].map((folder) => path.join(folder, path.sep))),
];

/**
 * The product masks keys that begin with `sim-`, its own simulator makes keys that begin with `sim-trial-`, and names its
 * answers `sim-answer-`. Any other is a key that a test uses.
 */
const simulated = ['sim-', 'sim-trial-', 'sim-answer-'];

/** What the files give away, as `file: what`. */
export function givenAway(contents: Contents, root: string, secrets: readonly string[]): readonly string[] {
	return [...contents.keys()].flatMap((name) => {
		const text = textOf(contents, name);
		return [
			...forbidden.filter((shape) => shape.test(text)).map(String),
			...[...folders(root), ...secrets].filter((one) => text.includes(one)),
			...(text.match(/\bsim-[\w-]*/g) ?? []).filter((one) => !simulated.includes(one)),
		].map((what) => `${name}: ${what}`);
	});
}

/** Byte by byte: what is looked for is ASCII. */
function textOf(contents: Contents, name: string): string {
	return contents.get(name)?.toString('latin1') ?? '';
}
