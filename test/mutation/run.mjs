// `npm run mutation [-- <path>…]`: breaks every file of the engine and of its reading of failures, in slices, and sees
// whether a test notices. What is known from an earlier run is kept in out/mutation/ and not tried again; a run stops
// beginning slices after an hour, and the next one goes on. The figure is written to docs/MUTATION.md.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from '../vscode/command.mjs';
import { installHost, installPackages, root } from '../vscode/setup.mjs';
import { writeFigure } from './figure.mjs';

const here = import.meta.dirname;
const stryker = path.join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const rooms = ['src/gemini/failures', 'src/pool'];
const longestMs = 60 * 60_000;
/** Lines of one slice: so few that little is lost when a run is stopped, so many that the first run of all tests pays. */
const sliceLines = 800;

async function main(paths) {
	const started = performance.now();
	await installPackages();
	if (!existsSync(stryker)) {
		console.log('Installing Stryker (75 MB on disk, once)');
		await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here });
	}
	const node = await modernNode();
	const files = rooms.flatMap(filesOf);
	const wanted = files.filter((file) => paths.length === 0 || paths.some((prefix) => file.startsWith(prefix)));
	for (const slice of slices(wanted)) {
		if (performance.now() - started > longestMs) {
			console.log('An hour is over; run this again to go on.');
			break;
		}
		console.log(`${slice[0]} … ${slice.at(-1)}`);
		await mutate(node, slice);
	}
	return writeFigure(root, files, (performance.now() - started) / 60_000) ? 0 : 1;
}

function filesOf(room) {
	const names = readdirSync(path.join(root, room), { recursive: true });
	return names
		.filter((name) => name.endsWith('.ts'))
		.sort()
		.map((name) => path.posix.join(room, name.replaceAll(path.sep, '/')));
}

/** Stryker wants Node 22; the VS Code server brings 24. */
async function modernNode() {
	if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
	await installHost({ browser: false });
	return JSON.parse(readFileSync(path.join(root, '.vscode-test/host.json'), 'utf8')).node;
}

function slices(files) {
	const result = [];
	let lines = Infinity;
	for (const file of files) {
		const own = readFileSync(path.join(root, file), 'utf8').split('\n').length;
		if (lines + own > sliceLines) {
			result.push([]);
			lines = 0;
		}
		result.at(-1).push(file);
		lines += own;
	}
	return result;
}

function mutate(node, files) {
	const width = process.env.KEYPOOL_MUTATION_WIDTH ?? String(Math.min(2, availableParallelism()));
	const args = [
		stryker,
		'run',
		path.join(here, 'stryker.config.mjs'),
		'--concurrency',
		width,
		'--mutate',
		files.join(','),
	];
	const env = { ...process.env, NODE_OPTIONS: `--require ${path.join(here, 'cjs.cjs')}` };
	return new Promise((resolve, reject) => {
		const child = spawn(node, args, { cwd: root, env, stdio: 'inherit' });
		child.once('error', reject);
		child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`Stryker ended with ${code}`))));
	});
}

process.exitCode = await main(process.argv.slice(2));
