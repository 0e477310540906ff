// `npm test`, and with `--full` what is longer: makes everything ready, runs all stages, and closes with one line,
// `N passed, N failed`. Plain Node: a fresh clone has no packages yet.
import './vscode/nodeVersion.mjs';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { installHost, installPackages, root } from './vscode/setup.mjs';

const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/reporter.cjs'];

/** A Node that has `node:sqlite`. */
function nodeWithSqlite() {
	if (isBuiltin('node:sqlite')) {
		return process.execPath;
	}
	return JSON.parse(readFileSync(path.join(root, '.vscode-test/host.json'), 'utf8')).node;
}

/**
 * What lint found in a file holds until the file changes. Rules that know types look into other files too: where it
 * matters, all is looked at anew.
 */
const lintCache = process.env.CI === undefined ? ['--cache', '--cache-location', 'out/lint-cache'] : [];

/**
 * A stage is one command, or several in a row. Those with `counts` close their output with their own `N passed,
 * N failed`; every other stage is one test. `after` names the stage that must have passed before; `node` answers what runs it,
 * absent: the Node that runs this.
 */
const quick = [
	{ name: 'build', commands: [['esbuild.js'], ['esbuild.js', '--production', '--outdir=out/production']] },
	{ name: 'window', counts: true, after: 'build', commands: [[...mocha, '--config', 'test/window/.mocharc.json']] },
	{
		name: 'types',
		commands: ['.', 'src/webviews'].map((project) => [
			'node_modules/typescript/bin/tsc',
			...['-p', project, '--incremental'],
			...['--tsBuildInfoFile', `out/types-${path.basename(path.resolve(root, project))}.tsbuildinfo`],
		]),
	},
	{ name: 'lint', commands: [['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0', ...lintCache]] },
	{
		name: 'format',
		commands: [
			[
				'node_modules/prettier/bin/prettier.cjs',
				...['--check', '--log-level', 'warn', '--cache', '--cache-location', 'out/format-cache', '.'],
			],
		],
	},
	{ name: 'unused', commands: [['node_modules/knip/bin/knip.js', '--no-progress']] },
	{ name: 'unit', counts: true, commands: [mocha] },
	// node:sqlite: of this Node where it has it, of the one that the VS Code server runs on where not.
	{
		name: 'ledger',
		counts: true,
		node: nodeWithSqlite,
		commands: [[...mocha, '--config', 'test/ledger/.mocharc.json']],
	},
	{ name: 'host', counts: true, after: 'build', commands: [['test/host/run.mjs']] },
];

/** The tests in a folder of test/ that look at a variable of the environment. */
function filesThatAsk(folder, variable) {
	const files = readdirSync(path.join(root, 'test', folder), { recursive: true })
		.filter((name) => name.endsWith('.test.ts'))
		.map((name) => path.join('test', folder, name));
	return files.filter((file) => readFileSync(path.join(root, file), 'utf8').includes(variable));
}

/** About half of test/full/ by time: what a person sees and does in one window. */
const screens = `test/full/{${[
	...['chat*Looks', 'chatThemes', 'dashboard*', 'editorCommands', 'first*', 'folderDemand', 'hostile*'],
	...['keybindingsOnMac', 'keysView', 'lockedKeys', 'nineKeys', 'replaceKey', 'restrictedMode'],
].join(',')}}.test.ts`;

/** What needs processor time and no window: whole days of traffic, random faults. */
const long = ['abuseRun', 'day', 'faultRun'].map((name) => `test/full/${name}.test.ts`);

const full = [
	{
		name: 'full',
		counts: true,
		after: 'build',
		node: nodeWithSqlite,
		commands: [
			[
				...mocha,
				'--config',
				'test/full/.mocharc.json',
				'--ignore',
				screens,
				...long.flatMap((file) => ['--ignore', file]),
			],
		],
	},
	{
		name: 'screens',
		counts: true,
		after: 'build',
		node: nodeWithSqlite,
		commands: [[...mocha, '--config', 'test/full/.mocharc.named.json', screens]],
	},
	{
		name: 'long',
		counts: true,
		node: nodeWithSqlite,
		commands: [[...mocha, '--config', 'test/full/.mocharc.named.json', ...long]],
	},
	// Attacks on whatever reads a text of others: the same ones each time, so that a change is to blame for what breaks.
	{
		name: 'fuzz',
		counts: true,
		commands: [[...mocha, '--config', 'test/fuzz/.mocharc.json']],
		env: { KEYPOOL_FUZZ_SECONDS: '3', KEYPOOL_FUZZ_SEED: '1' },
	},
	// What plays longer when asked to; all else has been played by `npm test`.
	...['unit', 'ledger'].map((folder) => ({
		name: `${folder}, at length`,
		counts: true,
		node: nodeWithSqlite,
		commands: [[...mocha, '--config', 'test/full/.mocharc.named.json', ...filesThatAsk(folder, 'KEYPOOL_FULL')]],
		env: { KEYPOOL_FULL: '1' },
	})),
];

/** ms. The longest that one command of a stage may take, also beside other work: half of the windows, for instance. */
const longestMs = 25 * 60_000;

/** Two cores: more at a time would only make window tests wait. */
const width = 2;

async function main() {
	const started = performance.now();
	const isFull = process.argv.includes('--full');
	try {
		await installPackages();
		await installHost({ prometheus: isFull });
	} catch (error) {
		console.error(error.message);
		console.log('0 passed, 1 failed');
		return 1;
	}
	const results = await runAll(isFull ? [quick[0], ...full] : quick);
	const sum = (field) => results.reduce((total, result) => total + result[field], 0);
	const broken = results.filter((result) => result.failed > 0);
	if (broken.length > 0) {
		// Again, at the end: who sees only the end of a long log sees what broke.
		console.log(`\n── what failed${broken.map(({ name, output }) => `\n${name}:\n${failures(output)}`).join('')}`);
	}
	console.log();
	for (const { name, passed, failed, seconds } of results) {
		console.log(`${failed === 0 ? '✔' : '✖'} ${name}: ${passed} ok, ${failed} not, ${seconds.toFixed(1)} s`);
	}
	console.log(`${((performance.now() - started) / 1000).toFixed(0)} s in all`);
	console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
	return sum('failed') === 0 ? 0 : 1;
}

/** What Mocha says of its failures, or the end of what another command printed. */
function failures(output) {
	const at = output.search(/^ +\d+ failing$/m);
	return at === -1 ? output.slice(-4_000) : output.slice(at, at + 20_000);
}

/** In the order given, as far as `after` allows; each stage's output is shown in one piece when it has ended. */
async function runAll(stages) {
	const waiting = [...stages];
	const running = new Map();
	const results = [];
	while (waiting.length > 0 || running.size > 0) {
		const ended = new Map(results.map((result) => [result.name, result]));
		for (let n = 0; n < waiting.length && running.size < width;) {
			const before = waiting[n].after === undefined ? { failed: 0 } : ended.get(waiting[n].after);
			if (before === undefined) {
				n++;
				continue;
			}
			const [stage] = waiting.splice(n, 1);
			running.set(stage.name, before.failed === 0 ? runStage(stage) : skipped(stage));
		}
		const result = await Promise.race(running.values());
		running.delete(result.name);
		results.push(result);
		console.log(`\n── ${result.name} (${result.seconds.toFixed(1)} s)\n${result.output}`);
	}
	return results;
}

async function skipped({ name, after }) {
	return { name, passed: 0, failed: 1, seconds: 0, output: `not run, because ${after} failed` };
}

async function runStage({ name, commands, counts = false, env = {}, node = () => process.execPath }) {
	const started = performance.now();
	let output = '';
	let code = 0;
	for (const args of commands) {
		code = await run(node(), args, env, (text) => {
			output += text;
		});
		if (code !== 0) {
			break;
		}
	}
	const seconds = (performance.now() - started) / 1000;
	const own = /^(\d+) passed, (\d+) failed$/m.exec(output);
	output = output.replace(/^\d+ passed, \d+ failed\n?/m, '').trim();
	if (!counts || own === null) {
		// A stage that should have counted, and did not, broke.
		const good = code === 0 && !counts;
		return { name, passed: good ? 1 : 0, failed: good ? 0 : 1, seconds, output };
	}
	const [passed, failed] = own.slice(1).map(Number);
	return { name, passed, failed: Math.max(failed, code === 0 ? 0 : 1), seconds, output };
}

function run(node, args, env, write) {
	return new Promise((resolve) => {
		const child = spawn(node, args, {
			cwd: root,
			// The stages write into pipes, whatever this process writes to.
			env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const stop = setTimeout(() => {
			write(`Not over after ${longestMs / 60_000} min: ended\n`);
			child.kill();
		}, longestMs);
		child.stdout.on('data', write);
		child.stderr.on('data', write);
		child.once('error', (error) => write(`${error.message}\n`));
		child.once('close', (code) => {
			clearTimeout(stop);
			resolve(code ?? 1);
		});
	});
}

process.exitCode = await main();
