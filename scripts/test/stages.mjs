// The stages of `npm test` (`quick`), and of `npm run test:full` after the build.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { root } from '../../test/vscode/setup.mjs';

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

/** Mocha on the files given; the configuration names none, and lets a test take long. */
const named = (...args) => [...mocha, '--config', 'test/full/.mocharc.named.json', ...args];

export const windowStage = {
	name: 'window',
	counts: true,
	after: 'build',
	commands: [[...mocha, '--config', 'test/window/.mocharc.json']],
	replay: (file) => [named('--timeout', '120000', file)],
};

export const quick = [
	{ name: 'build', commands: [['esbuild.js'], ['esbuild.js', '--production', '--outdir=out/production']] },
	windowStage,
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
	{
		name: 'host',
		counts: true,
		after: 'build',
		commands: [['test/host/run.mjs']],
		replay: () => [['test/host/run.mjs']],
	},
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

export const full = [
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
		replay: (file) => [named(file)],
	},
	{
		name: 'screens',
		counts: true,
		after: 'build',
		node: nodeWithSqlite,
		commands: [named(screens)],
		replay: (file) => [named(file)],
	},
	{
		name: 'long',
		counts: true,
		node: nodeWithSqlite,
		commands: [named(...long)],
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
		commands: [named(...filesThatAsk(folder, 'KEYPOOL_FULL'))],
		env: { KEYPOOL_FULL: '1' },
	})),
];
