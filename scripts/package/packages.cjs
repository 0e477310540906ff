// Other people's packages: which of them are in what was bundled, and under which licences.
const fs = require('node:fs/promises');
const path = require('node:path');

/** @returns the package's folder, from the root of the project, of a file in one; else undefined */
const folderOf = (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

/** The folders of the packages that the files belong to, each once. */
const packageFolders = (files) => [...new Set(files.map(folderOf).filter((folder) => folder !== undefined))].sort();

/** The package's name, of its folder. */
const nameOf = (folder) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * For each source file that is read by itself, the names of the packages that are read with it at the latest: all that it
 * imports other than by `import()`, and what that imports.
 */
function readWith({ outputs }) {
	const reached = (name, seen = new Set()) => {
		if (seen.has(name) || outputs[name] === undefined) return seen;
		seen.add(name);
		const statics = outputs[name].imports.filter(({ kind }) => kind !== 'dynamic-import');
		statics.forEach((one) => reached(one.path, seen));
		return seen;
	};
	return Object.fromEntries(
		Object.entries(outputs).flatMap(([name, { entryPoint }]) => {
			if (entryPoint === undefined) return [];
			const inputs = [...reached(name)].flatMap((one) => Object.keys(outputs[one].inputs));
			return [[entryPoint, packageFolders(inputs).map(nameOf)]];
		}),
	);
}

const heading =
	'Keypool for Gemini contains the work of others, under these licences. It has changed their files: parts that it does not use are left out, and the rest is joined and shortened.';

/** The licences of packages that are shipped. A package that lacks the text of its licence is an error. */
async function noticesFor(root, folders) {
	const notices = await Promise.all(
		folders.map(async (folder) => {
			const at = path.join(root, folder);
			const { name, version, license: offered } = JSON.parse(await fs.readFile(path.join(at, 'package.json'), 'utf8'));
			const names = (await fs.readdir(at)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
			const all = await Promise.all(
				names.map(async (file) => [file, (await fs.readFile(path.join(at, file), 'utf8')).trim()]),
			);
			const { license, texts } = chosen(offered, all);
			// To name a licence is not to hand it on: nearly all ask for their text in every copy. A notice is none.
			if (!license) throw new Error(`${folder} names no licence.`);
			if (!texts.some(([file, text]) => !/^notice/i.test(file) && text !== '')) {
				throw new Error(`${folder} is shipped, and the text of its licence (${license}) is not in it.`);
			}
			return { title: `${name} ${version} (${license})`, license, texts: texts.map(([, text]) => text) };
		}),
	);
	// Alike beside alike: what is nearly the same packs well only where it is near.
	notices.sort((a, b) => (a.license < b.license ? -1 : a.license > b.license ? 1 : 0));
	/** Under which package a text stands, by its words: the long licences are the same in many. */
	const seen = new Map();
	const once = (text, title) => {
		const words = text.replaceAll(/\s+/g, ' ');
		if (!seen.has(words)) seen.set(words, title);
		return seen.get(words) === title ? text : `The same text as under ${seen.get(words)}.`;
	};
	const rule = `\n\n${'-'.repeat(80)}\n\n`;
	return `${[heading, ...notices.map(({ title, texts }) => [title, ...texts.map((text) => once(text, title))].join('\n\n'))].join(rule)}\n`;
}

/** Where a package leaves the choice between two licences of which one is Apache's, that one is taken, as its `LICENSE` has it. */
function chosen(license, texts) {
	const [first] = texts;
	const isChoice = /\bOR\b/.test(license ?? '') && license.includes('Apache-2.0');
	if (!isChoice || !/^licen[cs]e$/i.test(first?.[0] ?? '') || !first[1].startsWith('Apache License')) {
		return { license, texts };
	}
	return { license: 'Apache-2.0', texts: [first, ...texts.filter(([file]) => /^notice/i.test(file))] };
}

module.exports = { folderOf, nameOf, noticesFor, packageFolders, readWith };
