// `npm run package`: makes the VSIX and its bill of materials, lists what is in it, and holds it to its budget. Ends badly when it
// is too large, or when a start reads what it need not. Of the same sources it makes the same bytes.
const { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { Transform } = require('node:stream');
const zlib = require('node:zlib');
const zopfli = require('@gfx/zopfli');
const { createVSIX, listFiles, PackageManager } = require('@vscode/vsce');
const { build } = require('../../esbuild.js');
const { budgets, overBudget, readTooEarly } = require('./budget.cjs');
const { forMarketplace } = require('./readme.cjs');

const root = path.resolve(__dirname, '../..');

/** What is packaged beside the build and the manifest: the project's own files, as they are. */
const plain = ['package.nls.json', 'package.nls.vi.json', 'CHANGELOG.md', 'LICENSE', 'l10n', 'media'];

/** Those of them that are packaged without their indentation. */
const texts = ['package.nls.json', 'package.nls.vi.json', 'l10n/bundle.l10n.vi.json'];

/**
 * Builds for production and packs it, in a folder of its own: `dist`, which a window may be running from, stays as it
 * is. `into` is where the VSIX goes, and the bill of materials beside it.
 */
async function makePackage(into = root) {
	const folder = path.join(root, 'out/package');
	rmSync(folder, { recursive: true, force: true });
	for (const name of [...plain, '.vscodeignore']) {
		cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
	}
	const { scripts, devDependencies, knip, allowScripts, ...manifest } = JSON.parse(
		readFileSync(path.join(root, 'package.json'), 'utf8'),
	);
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
	for (const name of texts) {
		writeFileSync(path.join(folder, name), JSON.stringify(JSON.parse(readFileSync(path.join(root, name), 'utf8'))));
	}
	writeFileSync(path.join(folder, 'README.md'), forMarketplace(readFileSync(path.join(root, 'README.md'), 'utf8')));
	const { activation, readWith, sbom } = await build({
		production: true,
		outdir: path.join(folder, 'dist'),
	});
	const vsix = path.join(into, `${manifest.name}-${manifest.version}.vsix`);
	const names = await listFiles({ cwd: folder, packageManager: PackageManager.None });
	// Whatever the umask of whoever packs.
	names.forEach((file) => chmodSync(path.join(folder, file), 0o644));
	const warnings = await withoutTime(() =>
		warningsOf(() =>
			tightly(() =>
				createVSIX({
					cwd: folder,
					packagePath: vsix,
					dependencies: false,
					// Nobody has published a repository yet, and none is invented.
					allowMissingRepository: true,
					rewriteRelativeLinks: false,
				}),
			),
		),
	);
	const bill = vsix.replace(/vsix$/, 'cdx.json');
	writeFileSync(bill, sbom);
	const web = zlib.gzipSync(readFileSync(path.join(folder, 'dist/web.js'))).length;
	return { vsix, sbom: bill, folder, files: names, bytes: statSync(vsix).size, activation, web, readWith, warnings };
}

/**
 * `vsce` sorts the files and gives each this time where the variable is set. A zip holds the time of the clock on the wall
 * where it was made: this is its first, everywhere.
 */
async function withoutTime(pack) {
	const { SOURCE_DATE_EPOCH: before } = process.env;
	process.env.SOURCE_DATE_EPOCH = String(new Date(1980, 0, 1).getTime() / 1_000);
	try {
		return await pack();
	} finally {
		delete process.env.SOURCE_DATE_EPOCH;
		if (before !== undefined) process.env.SOURCE_DATE_EPOCH = before;
	}
}

/** `vsce` compresses as zlib does by itself. Zopfli looks longer for the same format: a thirtieth less, and any unzip reads it. */
async function tightly(pack) {
	const { DeflateRaw, deflateRaw } = zlib;
	const tight = (bytes, done) => zopfli.deflate(bytes, { numiterations: 15 }, done);
	zlib.DeflateRaw = class extends Transform {
		chunks = [];
		_transform(chunk, _, done) {
			this.chunks.push(chunk);
			done();
		}
		_flush(done) {
			tight(Buffer.concat(this.chunks), done);
		}
	};
	zlib.deflateRaw = (bytes, done) =>
		tight(bytes, (error, compressed) => done(error, compressed && Buffer.from(compressed)));
	try {
		await pack();
	} finally {
		Object.assign(zlib, { DeflateRaw, deflateRaw });
	}
}

/** What `vsce` warns of while it packs: it prints it, and hands it to nobody. */
async function warningsOf(pack) {
	const said = [];
	const { warn } = console;
	const { GITHUB_ACTIONS: actions } = process.env;
	// There it would write in another way.
	delete process.env.GITHUB_ACTIONS;
	console.warn = (...words) => {
		said.push(words.join(' '));
		warn(...words);
	};
	try {
		await pack();
	} finally {
		console.warn = warn;
		if (actions !== undefined) process.env.GITHUB_ACTIONS = actions;
	}
	return said;
}

async function main() {
	const made = await makePackage();
	console.log(
		`${path.relative(root, made.vsix)}: ${made.bytes} bytes (goal ${budgets.package.goal}); activation reads ${made.activation} (goal ${budgets.activation.goal}); a browser reads ${made.web} by gzip (goal ${budgets.web.goal})`,
	);
	const over = [...overBudget(made), ...readTooEarly(made)];
	console.log(over.length === 0 ? 'within the budget of scripts/package/budget.json' : over.join('\n'));
	return over.length === 0 ? 0 : 1;
}

module.exports = { makePackage };

if (require.main === module) {
	void main().then((code) => {
		process.exitCode = code;
	});
}
