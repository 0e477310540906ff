// Builds everything that runs outside tests. `node esbuild.js [--production] [--outdir=folder]`
//
// The extension host gets CommonJS in chunks: esbuild splits at each `import()` in ESM only, so the split output is
// rewritten to CommonJS afterwards, file by file. A heavy room (the SDK) thus stays unread until its first use, a
// module shared by two chunks still exists once (separate entry points would give two classes of one name), and the
// bundle runs in every host that the manifest's `engines` allows, with no ESM loader in the way of activation.
const { randomUUID } = require('node:crypto');
const fs = require('node:fs/promises');
const { existsSync } = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');
const subsetFont = require('subset-font');
const { minify } = require('terser');
const {
	checkParts,
	partsOfMail,
	partsOfPages,
	partsOfSdk,
	partsOfValkey,
} = require('./scripts/package/libraryParts.cjs');
const { noticesFor, packageFolders, readWith } = require('./scripts/package/packages.cjs');
const { checkPrices, packageFolder: pricesPackage } = require('./scripts/package/prices.cjs');
const { sbomOf } = require('./scripts/package/sbom.cjs');

const root = __dirname;

/** What is built, and from where. A file that is named here and missing is an error. */
const entries = {
	host: { extension: 'src/extension.ts' },
	web: { web: 'src/extension.ts' },
	browser: { chat: 'src/webviews/chat/main.ts', dashboard: 'src/webviews/dashboard/main.ts' },
	node: { simulator: 'src/simulator/cli.ts', gateway: 'src/headless/main.ts' },
};

/** The font of icons, and the classes that name its pictures. */
const codicons = { css: '@vscode/codicons/dist/codicon.css', font: '@vscode/codicons/dist/codicon.ttf' };

/** ms. A development window that was opened on an earlier build may still read chunks of it for the first time. */
const keptMs = 24 * 60 * 60_000;

/**
 * @param {{ production?: boolean, outdir?: string }} options
 * @returns {Promise<{ activation: number, shipped: string[], sbom: string, readWith: Record<string, string[]> }>} the bytes
 * that activation reads; the folders of other people's packages that are in it; the bill of materials of both; and the names
 * of the packages that are read with each source file that is read by itself
 */
async function build({ production = false, outdir = 'dist' } = {}) {
	const out = path.resolve(root, outdir);
	const common = {
		absWorkingDir: root,
		bundle: true,
		write: false,
		metafile: true,
		outdir: out,
		minify: production,
		sourcemap: production ? false : 'linked',
		define: { __DEV__: String(!production) },
		logLevel: 'warning',
	};
	const [host, browser, node, web] = await Promise.all([
		buildHost(common),
		esbuild.build({
			...common,
			entryPoints: entries.browser,
			platform: 'browser',
			target: 'es2022',
			// What a document reads later, such as the typesetting of formulas, is a file of its own.
			format: 'esm',
			splitting: true,
			chunkNames: 'chunks/page-[name]-[hash]',
			loader: { '.ttf': 'file', '.svg': 'dataurl' },
			plugins: partsOfPages,
		}),
		esbuild.build({
			...common,
			...{ entryPoints: entries.node, platform: 'node', target: 'node20', format: 'cjs' },
			plugins: [partsOfSdk, partsOfValkey],
		}),
		buildWeb(common),
		checkPrices(),
	]);
	const { read, files: hostFiles } = await inOneFile(host, out);
	const scripts = [...(await Promise.all(hostFiles.map(toCommonJs))).flat(), ...web.outputFiles];
	const small = (outputs, isModule) =>
		production ? Promise.all(outputs.map((file) => minifiedAgain(file, isModule))) : outputs;
	const files = [
		...(await small(scripts, false)),
		...(await small(browser.outputFiles, true)),
		...node.outputFiles,
		...(await iconFiles(Object.keys(browser.metafile.inputs), out)),
	];
	await Promise.all(files.map((file) => write(file.path, file.contents)));
	await removeOldChunks(out, files, production ? 0 : keptMs);
	// Of what was bundled, not of what is installed.
	const inputs = {
		...host.metafile.inputs,
		...web.metafile.inputs,
		...browser.metafile.inputs,
		[`node_modules/${codicons.font}`]: { imports: [] },
		// Its data is in a module of ours.
		[`${pricesPackage}/package.json`]: { imports: [] },
	};
	checkParts(Object.keys(inputs));
	const shipped = packageFolders(Object.keys(inputs));
	// The image of the gateway has the same notices.
	const unnamed = packageFolders(Object.keys(node.metafile.inputs)).filter((folder) => !shipped.includes(folder));
	if (unnamed.length > 0)
		throw new Error(`The gateway is built of ${unnamed.join(', ')}, whose licence is in no notice.`);
	if (production) {
		await write(path.join(out, 'ThirdPartyNotices.txt'), await noticesFor(root, shipped));
	}
	const ofActivation = files.filter((file) => read.has(file.path));
	const activation = ofActivation.reduce((sum, { contents }) => sum + Buffer.byteLength(contents), 0);
	const sbom = await sbomOf(root, shipped, inputs);
	return { activation, shipped, sbom, readWith: readWith(host.metafile) };

	/** A split ESM file as CommonJS. The maps are composed. */
	async function toCommonJs(file) {
		const { code, map } = await esbuild.transform(withRequire(file.text), {
			format: 'cjs',
			target: 'node20',
			minify: production,
			sourcemap: production ? false : 'external',
			sourcefile: path.basename(file.path),
		});
		return production
			? [{ path: file.path, contents: code }]
			: [
					{ path: file.path, contents: `${code}//# sourceMappingURL=${path.basename(file.path)}.map\n` },
					{ path: `${file.path}.map`, contents: map },
				];
	}
}

/** What esbuild has minified, minified once more by a slower tool: that is a fortieth of the package. */
async function minifiedAgain({ path: file, contents }, isModule) {
	if (!file.endsWith('.js')) return { path: file, contents };
	const { code } = await minify(Buffer.from(contents).toString(), {
		ecma: 2022,
		// Nothing in this one file calls `new` on a function that is no class, as packages of others do.
		compress: { passes: 3, unsafe_arrows: path.basename(file) === 'extension.js' },
		module: isModule,
		toplevel: true,
	});
	return { path: file, contents: code };
}

/**
 * Takes the editor, what is read later, and what the others are given, as Node does: esbuild would copy the editor's
 * hundreds of members once for each module, wrap each later read, and make every export a function.
 */
function withRequire(esm) {
	const text = esm
		.replace(/import\s*\*\s*as\s+([\w$]+)\s+from\s*"vscode";/g, 'const $1=theEditor;')
		.replace(/import\s*\{([^}]*)\}\s*from\s*"vscode";/g, (_, names) => `const {${inOrder(names, '$1:$2')}}=theEditor;`)
		.replace(/\bimport\(("\.{1,2}\/[^"]+")\)/g, 'readLater($1)')
		.replace(
			/export\s*\{([^}]*)\};\s*(?=$|\/\/# source)/,
			(_, names) => `module.exports={${inOrder(names, '$2:$1')}};`,
		);
	const needed = Object.entries(helpers).filter(([name]) => text.includes(name));
	return needed.map(([name, value]) => `const ${name}=${value};`).join('') + text;
}

/** What a file of the host calls in place of ESM's own words. */
const helpers = {
	theEditor: 'require("vscode")',
	// Not at once: who activates goes on first.
	readLater: '(file)=>Promise.resolve().then(()=>require(file))',
};

/** `a as b, c`, each name and its other name as `pair` has it. */
const inOrder = (names, pair) =>
	names.replace(/([\w$]+)(?:\s+as\s+([\w$]+))?/g, (_, a, b = a) => pair.replace('$1', a).replace('$2', b));

/** The extension host's bundle as split ESM: one file for what activation reads, and the others by `import()`. */
async function buildHost(common) {
	const options = {
		...common,
		entryPoints: entries.host,
		platform: 'node',
		target: 'node20',
		format: 'esm',
		splitting: true,
		chunkNames: 'chunks/[name]-[hash]',
		external: ['vscode'],
		sourcemap: common.minify ? false : 'inline',
	};
	const { metafile } = await esbuild.build({ ...options, sourcemap: false, minify: false });
	const lazy = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
	return esbuild.build({
		...options,
		plugins: [
			partsOfSdk,
			partsOfMail,
			partsOfValkey,
			afterActivation(new Set(lazy.map((name) => path.join(root, name)))),
		],
	});
}

/**
 * Says of each of our modules that is read by `import()` that activation has been before it. esbuild makes a file of its
 * own of whatever the same entries share; without this, what activation reads would be a dozen of them, one for each set
 * of rooms that happen to share something with it.
 */
const afterActivation = (lazy) => ({
	name: 'after activation',
	setup(build) {
		const entry = path.join(root, entries.host.extension);
		build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
			if (file === entry || !lazy.has(file)) return undefined;
			const text = await fs.readFile(file, 'utf8');
			return { contents: `${text}\nimport ${JSON.stringify(entry)};\n`, loader: 'ts' };
		});
	},
});

/** How a module in `folder` names a file: from there, and with slashes, as Windows has none in its paths. */
function importOf(folder, file) {
	return path
		.relative(folder, file)
		.replaceAll(path.sep, '/')
		.replace(/^(?!\.)/, './');
}

/**
 * Puts what activation reads into the entry's own file: esbuild keeps it apart, in a file that the entry hands on from.
 * A file more is a millisecond or two more of every start. `read` holds the files that activation reads.
 */
async function inOneFile({ metafile, outputFiles }, out) {
	const [core] = Object.entries(metafile.outputs).find(([, { inputs }]) => entries.host.extension in inputs) ?? [];
	if (core === undefined) throw new Error(`${entries.host.extension} is in no output.`);
	const [entry, coreFile] = [path.join(out, 'extension.js'), path.join(root, core)];
	const text = new Map(outputFiles.map((file) => [file.path, file.text]));
	const both = [coreFile, entry].map((file) => `export * from ${JSON.stringify(importOf(out, file))};`);
	const merged = await esbuild.build({
		stdin: { contents: both.join(''), resolveDir: out },
		bundle: true,
		write: false,
		metafile: true,
		format: 'esm',
		outfile: entry,
		external: ['vscode'],
		sourcemap: text.get(coreFile).includes('//# sourceMappingURL=data:') && 'inline',
		plugins: [
			{
				name: 'files in memory',
				setup(build) {
					build.onResolve({ filter: /^\./ }, ({ path: name, importer, resolveDir }) => {
						const file = path.resolve(resolveDir || path.dirname(importer), name);
						if (file === entry || file === coreFile) return { path: file, namespace: 'memory' };
						// What no name is taken from holds helpers alone.
						return { path: importOf(out, file), external: true, sideEffects: false };
					});
					build.onLoad({ filter: /./, namespace: 'memory' }, ({ path: file }) => ({ contents: text.get(file) }));
				},
			},
		],
	});
	const imports = Object.values(merged.metafile.outputs).flatMap((output) => output.imports);
	const statics = imports.filter(({ kind, path: name }) => kind === 'import-statement' && name.startsWith('.'));
	const others = outputFiles.filter(({ path: file }) => file !== entry && file !== coreFile);
	const specifier = `"./${path.basename(coreFile)}"`;
	return {
		read: new Set([entry, ...statics.map(({ path: name }) => path.join(out, name))]),
		files: [
			...merged.outputFiles,
			...others.map((file) => ({ path: file.path, text: file.text.replaceAll(specifier, '"../extension.js"') })),
		],
	};
}

/**
 * The icons that our webviews name, in a font and a style sheet of their own: all that there are would be a tenth of
 * the package. A name that stands anywhere in the sources counts, so that none is missed.
 */
async function iconFiles(inputs, out) {
	const own = inputs.filter((name) => /^src\/webviews\/.*\.ts$/.test(name));
	const texts = await Promise.all(own.map((name) => fs.readFile(path.join(root, name), 'utf8')));
	const named = new Set(texts.flatMap((text) => text.match(/(?<=['" `]|codicon-)[a-z]+(-[a-z]+)*(?=['" `])/g) ?? []));
	const [css, font] = await Promise.all([
		fs.readFile(require.resolve(codicons.css), 'utf8'),
		fs.readFile(require.resolve(codicons.font)),
	]);
	let glyphs = '';
	const rules = css.replace(/\.codicon-([\w-]+):before \{ content: "\\([\da-f]+)" \}\n?/g, (rule, name, code) => {
		if (!named.has(name)) return '';
		glyphs += String.fromCodePoint(parseInt(code, 16));
		return rule;
	});
	return [
		{ path: path.join(out, 'codicon.css'), contents: rules },
		{ path: path.join(out, 'codicon.ttf'), contents: await subsetFont(font, glyphs, { targetFormat: 'truetype' }) },
	];
}

/**
 * The extension for a host without Node, as on vscode.dev: one file, because that host loads no other one. It is made of the
 * same sources, and `src/web` stands in for `src/node`.
 */
function buildWeb(common) {
	return esbuild.build({
		...common,
		entryPoints: entries.web,
		platform: 'browser',
		target: 'es2022',
		format: 'cjs',
		external: ['vscode'],
		plugins: [partsOfSdk, webForNode],
	});
}

/**
 * Each module of `src/node` that another room imports has one of the same name, and of the same exports, in `src/web`; so has
 * the one that starts a team.
 */
const webForNode = {
	name: 'web for node',
	setup(build) {
		const [node, web] = ['src/node', 'src/web'].map((room) => path.join(root, room) + path.sep);
		build.onResolve({ filter: /(^|\/)node\// }, ({ path: name, importer, resolveDir }) => {
			const file = path.resolve(resolveDir, name);
			if (!name.startsWith('.') || !file.startsWith(node) || importer.startsWith(web)) return undefined;
			return { path: `${web}${file.slice(node.length)}.ts` };
		});
		build.onResolve({ filter: /\/startTeam$/ }, () => ({ path: `${web}startTeam.ts` }));
	},
};

/** Replaces the file in one step: a window that runs from this folder never reads half a file. */
async function write(file, contents) {
	await fs.mkdir(path.dirname(file), { recursive: true });
	const partial = `${file}.${randomUUID()}`;
	await fs.writeFile(partial, contents);
	await fs.rename(partial, file);
}

async function removeOldChunks(out, files, keptMs) {
	const folder = path.join(out, 'chunks');
	const current = new Set(files.map((file) => file.path));
	const names = existsSync(folder) ? await fs.readdir(folder) : [];
	const old = names
		.map((name) => path.join(folder, name))
		.filter((file) => /\.js(\.map)?$/.test(file) && !current.has(file));
	const before = Date.now() - keptMs;
	await Promise.all(
		old.map(async (file) => {
			// Another build may be quicker.
			const found = await fs.stat(file).catch(() => undefined);
			if (found && found.mtimeMs < before) await fs.rm(file, { force: true });
		}),
	);
}

async function main() {
	const { values } = require('node:util').parseArgs({
		options: { production: { type: 'boolean', default: false }, outdir: { type: 'string', default: 'dist' } },
	});
	const started = performance.now();
	const { activation } = await build(values);
	const took = Math.round(performance.now() - started);
	console.log(`built ${values.outdir} in ${took} ms; activation reads ${(activation / 1024).toFixed(1)} KB`);
}

module.exports = { build };

if (require.main === module) {
	main().catch((error) => {
		// esbuild has already said what is wrong with the sources.
		if (!Array.isArray(error?.errors)) {
			console.error(error);
		}
		process.exitCode = 1;
	});
}
