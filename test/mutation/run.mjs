// `npm run mutation [-- <path>… <--option=of Stryker>…]`: breaks every file of the engine and of its reading of failures,
// in slices, and sees whether a test notices. What is known from an earlier run is kept in out/mutation/ and not tried
// again; a run begins no slice after 50 minutes, and the next one goes on. The figure is written to docs/MUTATION.md.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { installBeside, installPackages, modernNode, root } from '../../scripts/vscode/setup.mjs';
import { writeFigure } from './figure.mjs';

const here = import.meta.dirname;
const stryker = path.join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
/** A run takes an hour at most; the last slice that is begun may need ten minutes of it. */
const longestMs = 50 * 60_000;
/** Lines of one slice: so few that little is lost when a run is stopped, so many that the first run of all tests pays. */
const sliceLines = 800;

/**
 * What is broken, and who should notice: those that look closest first, because the first that fails ends a mutant. The
 * properties play worlds for seconds, which thousands of mutants do not allow.
 */
const rooms = [
	{
		of: 'src/gemini/errors',
		kept: 'out/mutation/failures.json',
		tests: [
			'test/unit/gemini/errors/classify',
			'test/unit/gemini/errors/parse',
			'test/unit/gemini',
			'test/conformance',
		],
	},
	{
		of: 'src/pool',
		kept: 'out/mutation/pool.json',
		tests: [
			...['test/unit/pool/quota', 'test/unit/pool/selection/strategies', 'test/unit/pool', 'test/unit/seed'],
			...[
				'test/conformance',
				'test/integration/store/contract',
				'test/integration/store/joining',
				'test/integration/store/troubles',
			],
		],
		without: 'test/unit/pool/properties.test.ts',
	},
];

async function main(args) {
	const started = performance.now();
	const options = args.filter((arg) => arg.startsWith('--'));
	const paths = args.filter((arg) => !arg.startsWith('--'));
	await installPackages();
	await installBeside(here, 'Stryker (75 MB on disk, once)');
	const node = await modernNode();
	const isWanted = (file) => paths.length === 0 || paths.some((prefix) => file.startsWith(prefix));
	const slices = rooms.flatMap(({ of, kept, tests, without }) => {
		const all = filesOf('test', '.test.ts').filter((file) => file !== without);
		const own = new Set(tests.flatMap((prefix) => all.filter((file) => file.startsWith(prefix))));
		return slicesOf(filesOf(of, '.ts').filter(isWanted)).map((files) => ({ files, kept, tests: [...own] }));
	});
	let isWhole = paths.length === 0;
	for (const { files, kept, tests } of slices) {
		if (performance.now() - started > longestMs) {
			console.log('The time is up; run this again to go on.');
			isWhole = false;
			break;
		}
		console.log(`${files[0]} … ${files.at(-1)}`);
		await mutate(node, tests, ['--incrementalFile', kept, '--mutate', files.join(','), ...options]);
	}
	const known = rooms.map(({ of, kept }) => ({ room: of, files: filesOf(of, '.ts'), kept: path.join(root, kept) }));
	const minutes = (performance.now() - started) / 60_000;
	return writeFigure(path.join(root, 'docs/MUTATION.md'), known, minutes, isWhole) ? 0 : 1;
}

function filesOf(folder, ending) {
	const names = readdirSync(path.join(root, folder), { recursive: true });
	return names
		.filter((name) => name.endsWith(ending))
		.sort()
		.map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}

function slicesOf(files) {
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

function mutate(node, tests, args) {
	const env = {
		...process.env,
		NODE_OPTIONS: `--require ${path.join(here, 'cjs.cjs')}`,
		KEYPOOL_MUTATION_TESTS: tests.join(),
	};
	return new Promise((resolve, reject) => {
		const all = [stryker, 'run', path.join(here, 'stryker.config.mjs'), ...args];
		const child = spawn(node, all, { cwd: root, env, stdio: 'inherit' });
		child.once('error', reject);
		child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`Stryker ended with ${code}`))));
	});
}

process.exitCode = await main(process.argv.slice(2));
