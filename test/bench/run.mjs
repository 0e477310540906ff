// `npm run bench -- [row…] [--quick] [--write]`: measures the rows of test/bench/rows (all of them where none is named),
// one process each, and prints goal, figure, ratio and spread. The figures of all rows go into docs/BENCHMARKS.md, those of
// named ones with `--write`, and quick ones never; the sections of rows that did not run stay as they are. Exit code 1 where
// a row broke: a goal that is missed is a figure like others.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installBeside, installPackages, modernNode, root } from '../../scripts/vscode/setup.mjs';

const here = import.meta.dirname;
const out = path.join(root, 'out/bench');
const doc = path.join(root, 'docs/BENCHMARKS.md');

const args = process.argv.slice(2);
const switches = args.filter((arg) => arg.startsWith('--'));
const named = args.filter((arg) => !arg.startsWith('--'));
const isQuick = switches.includes('--quick');
const isWritten = !isQuick && (named.length === 0 || switches.includes('--write'));
const known = readdirSync(path.join(here, 'rows'))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => path.basename(file, '.ts'));

/** The browser that the set-up found. */
function browser() {
	const file = path.join(root, '.vscode-test/host.json');
	return existsSync(file) ? { CHROMIUM: JSON.parse(readFileSync(file, 'utf8')).chromium } : {};
}

/** What rows start beside themselves. */
const processes = [
	'bareProxy',
	'choosingAlone',
	'gatewayUpstream',
	'growth/window',
	'peers/client',
	'peers/scaleGlobals',
];

/** Rows that compare with other people's packages: where these are named, with a lock file beside them. */
const packages = {
	agentDay: path.join(here, 'peers'),
	gateway: path.join(here, 'peers'),
	peers: path.join(here, 'peers'),
};

async function main() {
	const unknown = named.filter((name) => !known.includes(name));
	if (unknown.length > 0) {
		console.error(`No such row: ${unknown.join(', ')}. Rows: ${known.join(', ')}`);
		return 2;
	}
	await installPackages();
	await build();
	const { lineOf, plain, withSections } = await import(pathToFileURL(path.join(out, 'document.js')).href);
	let areWhole = true;
	for (const name of named.length > 0 ? named : known) {
		console.log(`\n${name}`);
		const result = (await hasItsPackages(name)) ? await measure(name) : undefined;
		if (result === undefined) {
			areWhole = false;
			continue;
		}
		const { what, figures, charts, node } = result;
		console.log(`  ${what}\n`);
		const lines = figures.map(lineOf);
		for (const line of lines) console.log(`  ${plain(line)}`);
		const pictures = draw(charts);
		if (!isWritten) continue;
		const before = existsSync(doc) ? readFileSync(doc, 'utf8') : '';
		const measured = `Measured on ${machine()}, Node ${node}`;
		writeFileSync(doc, withSections(before, [{ name, what, measured, pictures, lines }]));
		console.log(`\n  Written to ${path.relative(root, doc)}`);
	}
	if (switches.includes('--write') && isQuick) console.error('Quick figures are not written down.');
	return areWhole ? 0 : 1;
}

/** Bundled as the product is, because the loader of tests wraps functions. */
async function build() {
	const { build: bundle } = await import('esbuild');
	rmSync(out, { recursive: true, force: true });
	await bundle({
		absWorkingDir: root,
		entryPoints: ['child', 'document', ...known.map((name) => `rows/${name}`), ...processes].map(
			(name) => `test/bench/${name}.ts`,
		),
		outbase: 'test/bench',
		outdir: out,
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		packages: 'external',
		// What the tests share is written for CommonJS.
		banner: { js: 'const __dirname = import.meta.dirname;' },
		define: { __DEV__: 'false' },
		logLevel: 'warning',
	});
	writeFileSync(path.join(out, 'package.json'), '{ "type": "module" }\n');
}

/** Says in a sentence why not. */
async function hasItsPackages(name) {
	const folder = packages[name];
	try {
		if (folder !== undefined) await installBeside(folder, 'what a user would take instead (50 MB on disk, once)');
		return true;
	} catch (error) {
		const why = /^npm error code (\S+)/m.exec(error.message)?.[1] ?? error.message.split('\n')[0];
		console.error(`What ${name} compares with could not be installed from the registry (${why}).`);
		return false;
	}
}

async function measure(name) {
	const execPath = await modernNode();
	return new Promise((resolve) => {
		const child = fork(path.join(out, 'child.js'), [name, ...(isQuick ? ['--quick'] : [])], {
			cwd: root,
			// What people run the extension in, or newer: the ledger wants SQLite of it.
			execPath,
			env: { ...process.env, ...browser() },
			execArgv: ['--expose-gc', '--no-warnings'],
			// JSON has no NaN.
			serialization: 'advanced',
		});
		let result;
		child.once('message', (message) => {
			result = message;
		});
		child.once('error', (error) => console.error(error.message));
		child.once('close', (code) => resolve(code === 0 ? result : undefined));
	});
}

/** @returns where the charts are, seen from the document */
function draw(charts) {
	const folder = path.join(root, isWritten ? 'docs/images' : 'out/charts');
	mkdirSync(folder, { recursive: true });
	for (const [file, svg] of Object.entries(charts)) writeFileSync(path.join(folder, file), svg);
	if (Object.keys(charts).length > 0) console.log(`\n  Charts in ${path.relative(root, folder)}`);
	return Object.entries(charts).map(
		([file, svg]) => `![${/<title>(.*)<\/title>/.exec(svg)?.[1] ?? file}](images/${file})`,
	);
}

function machine() {
	const cpus = os.cpus();
	const day = new Date().toISOString().slice(0, 10);
	const memory = `${Math.round(os.totalmem() / 1e9)} GB`;
	return `${day}, ${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${memory}, ${os.platform()}`;
}

process.exitCode = await main();
