// What a build leaves out of other people's packages because nothing of ours reaches it, as plugins of esbuild. Where an update
// fails here, look at what the pattern meant in the new file: mend it, or drop it, which costs bytes, and what is said beside it.
const fs = require('node:fs/promises');
const path = require('node:path');

/** The files that are looked for, by the end of their names. */
const sought = [];

/** @param files by their names in `node_modules` */
function filterOf(files) {
	sought.push(...files);
	return new RegExp(`/(?:${files.join('|')})$`.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]'));
}

/** Throws where a file is not among what was bundled: a new version has it elsewhere, and all of it is in the package again. */
function checkParts(inputs) {
	const missing = sought.filter((file) => !inputs.some((name) => `/${name}`.endsWith(`/${file}`)));
	if (missing.length > 0) throw new Error(`scripts/package/libraryParts.cjs finds no ${missing.join(', ')} any more.`);
}

/** Reads the files as this text. */
function replaced(name, files, contents) {
	const filter = filterOf(files);
	return { name, setup: (build) => build.onLoad({ filter }, () => ({ contents })) };
}

/** Reads the file with these edits, each a pattern and what comes in its place. A new version that has nothing like it is an error. */
function edited(name, file, edits) {
	const filter = filterOf([file]);
	const read = async ({ path: found }) => {
		let contents = await fs.readFile(found, 'utf8');
		for (const [pattern, by] of edits) {
			const before = contents;
			contents = before.replace(pattern, by);
			if (contents === before) throw new Error(`${name}: ${found} has nothing like ${pattern} any more.`);
		}
		return { contents };
	};
	return { name, setup: (build) => build.onLoad({ filter }, read) };
}

/**
 * Nodemailer without what a mail of text over one connection never reaches, which is half of it: the types of attached files,
 * the other transports, signatures, the addresses of known providers, what is fetched, proxies, and signing in by OAuth.
 */
const partsOfMail = replaced(
	'parts of mail',
	[
		...[
			'mime-funcs/mime-types',
			'well-known/services',
			'smtp-connection/http-proxy-client',
			'dkim/index',
			'fetch/index',
		],
		...['xoauth2/index', 'json-transport/index', 'sendmail-transport/index', 'ses-transport/index'],
		...['stream-transport/index', 'smtp-pool/index'],
	].map((file) => `nodemailer/dist/esm/${file}.js`),
	'export default undefined; export const services = {}, detectMimeType = undefined, detectExtension = undefined;',
);

/** The client of Valkey without the package that writes a developer's log of it. */
const partsOfValkey = replaced(
	'parts of Valkey',
	['iovalkey/built/utils/debug.js'],
	'exports.default = () => Object.assign(() => undefined, { enabled: false });',
);

/**
 * Google's SDK without what opening a stream and listing models never reaches, which is four fifths of it: Vertex AI, its
 * other services, and its tables of names.
 */
const partsOfSdk = edited('parts of the SDK', '@google/genai/dist/web/index.mjs', [
	[/\b(?:this\.)?(?:apiClient|client|parentClient)\.isVertexAI\(\)/g, 'false'],
	[/^export \{ .* \};$/m, 'export { GoogleGenAI };'],
	// The services of a client but for `models`: those that are made at once, and those that are made when they are asked for.
	[/^ {8}this\.(?!models\b)\w+ = new [\w$]+\(this\.(?:apiClient|models)\b.*\);\n/gm, ''],
	[/(?<=^class GoogleGenAI \{\n)[^]*?(?=^ {4}constructor\()/m, ''],
	// What `models` can do beside the two.
	[/^ {8}this\.(?!list\b|generateContentStream\b)\w+ = async \(params\) => \{\n[^]*?^ {8}\};\n/gm, ''],
	[/^ {4}async (?!listInternal\b|generateContentStreamInternal\b|processParams)\w+\(params\) \{\n[^]*?^ {4}\}\n/gm, ''],
	// A call is one request: nothing is called for it, and it is not continued (src/gemini/request/parameters.ts).
	['if (shouldDisableAfc(params.config)) {', '{'],
	[/\bshouldEnableAutomaticContinuation\(params\.config, true\)/g, 'false'],
	// What tells a browser, for those services. In the desktop's host the mere look at it writes an error into the user's log.
	['(typeof navigator !== "undefined" && "serviceWorker" in navigator)', 'false'],
	// A table that nobody reads is left out where making it is known to do nothing else.
	[
		/^var (\w+);\n\(function \(\1\) \{\n([^]*?)^\}\)\(\1 \|\| \(\1 = \{\}\)\);/gm,
		'var $1 = /* @__PURE__ */ (($1) => {\n$2return $1; })({});',
	],
]);

/** KaTeX without all that draws a formula by HTML, fonts and pictures: ours are MathML. */
const partsOfFormulas = edited('parts of formulas', 'katex/dist/katex.mjs', [
	[/^ {2}htmlBuilder(?:,|: htmlBuilder\$\w+,|:? ?\(group, options\)(?: =>)? \{\n[^]*?^ {2}\},?)\n/gm, ''],
	['settings.output === "mathml"', 'true'],
	// Of a font's metrics MathML asks only whether there is a character; but for one of TeX's names, where HTML raises a letter.
	[/(?<=^ {4}"?\d+"?: )\[[\d., -]+\]/gm, '1'],
	[/(?<=^var latexRaiseA = ).*(?=;$)/m, '"0em"'],
]);

const namedCharacters = 'src/webviews/chat/answer/namedCharacters.ts';
sought.push(namedCharacters);

/** markdown-it without the names of characters, which each browser has. */
const partsOfMarkdown = {
	name: 'parts of Markdown',
	setup(build) {
		const names = path.resolve(__dirname, '../..', namedCharacters);
		build.onResolve({ filter: /^entities$/ }, () => ({ path: names }));
	},
};

module.exports = {
	checkParts,
	partsOfMail,
	partsOfPages: [partsOfFormulas, partsOfMarkdown],
	partsOfSdk,
	partsOfValkey,
};
