// The stages of `npm test` (`quick`), and of `npm run test:full` after the build.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { root } from '../vscode/setup.mjs';

const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/reporter.cjs'];

/**
 * The Node that runs this where it has `node:sqlite`; else that of today's VS Code, by whose V8 the unit tests take a quarter less
 * of the processor.
 */
function newerNode() {
	if (isBuiltin('node:sqlite')) {
		return process.execPath;
	}
	return JSON.parse(readFileSync(path.join(root, '.vscode-test/host.json'), 'utf8')).node;
}

/** Mocha on the files given; the configuration names none, and lets a test take long. */
const long = (...args) => [...mocha, '--config', 'test/.mocharc.long.json', ...args];

/** The tests in a folder of test/, as paths from the root. */
function testsIn(folder) {
	return readdirSync(path.join(root, 'test', folder), { recursive: true })
		.filter((name) => name.endsWith('.test.ts'))
		.map((name) => path.join('test', folder, name))
		.sort();
}

/**
 * Files that open windows, two at a time: they keep two cores busy, and a third gains nothing. The longest come first, so that
 * none is left alone at the end; their names are here in the order of the time that they take.
 */
const windows = (name, files, longest, more) => ({
	name,
	counts: true,
	after: 'build',
	slots: 2,
	node: newerNode,
	commands: [
		[...long('--parallel', '--jobs', '2', ...more), ...files.toSorted((a, b) => place(a, longest) - place(b, longest))],
	],
	replay: (file) => [long(...more, file)],
});

function place(file, longest) {
	const at = longest.indexOf(path.basename(file).replace(/(\.slow)?\.test\.ts$/, ''));
	return at === -1 ? longest.length : at;
}

const isSlow = (file) => file.endsWith('.slow.test.ts');

export const windowStage = windows(
	'window',
	testsIn('e2e').filter((file) => !isSlow(file)),
	['scenario', 'dashboardWebview', 'addKeys', 'chatWebview'],
	['--timeout', '120000'],
);

/** The worlds of all properties are the same each time, so that a change is to blame for what breaks. */
const sameWorlds = { KEYPOOL_SEED: '1' };

/** What the checks of the code found in files that have not changed since. A fresh clone has none. */
const caches = 'out/checks';

export const quick = [
	// Alone: the windows need it, and both slots.
	{ name: 'build', slots: 2, commands: [['esbuild.js']] },
	windowStage,
	// By two processes in one slot: the other stages end before it, and a core would be left idle.
	{
		name: 'unit',
		counts: true,
		node: newerNode,
		commands: [[...mocha, '--parallel', '--jobs', '2']],
		env: sameWorlds,
	},
	// Also by two, first beside the unit tests: it waits for servers and processes.
	{
		name: 'integration',
		counts: true,
		node: newerNode,
		commands: [[...mocha, '--config', 'test/integration/.mocharc.json', '--parallel', '--jobs', '2']],
		env: sameWorlds,
	},
	{
		name: 'host',
		counts: true,
		after: 'build',
		commands: [['scripts/test/host.mjs']],
		replay: () => [['scripts/test/host.mjs']],
	},
	{
		name: 'types',
		commands: ['.', 'src/webviews', 'src/web', 'test/support/web/page'].map((project) => [
			...['node_modules/typescript-native/bin/tsc', '-p', project],
			...['--incremental', '--tsBuildInfoFile', `${caches}/types-${project.replace(/\W+/g, '-')}.json`],
		]),
	},
	// The second one knows the rooms and no types.
	{
		name: 'lint',
		node: newerNode,
		commands: [
			['node_modules/oxlint/bin/oxlint'],
			[
				...['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'],
				...['--cache', '--cache-strategy', 'content', '--cache-location', `${caches}/eslint.json`],
			],
		],
	},
	{ name: 'format', commands: [['node_modules/oxfmt/bin/oxfmt', '--check']] },
	{
		name: 'unused',
		node: newerNode,
		commands: [['node_modules/knip/bin/knip.js', '--no-progress', '--cache', '--cache-location', `${caches}/knip`]],
	},
];

/** Those that are slow, and those that play longer where a variable of the environment says so. */
function testsAtLength(folder) {
	const asks = (file) => readFileSync(path.join(root, file), 'utf8').includes("process.env['KEYPOOL_FULL']");
	return testsIn(folder).filter((file) => isSlow(file) || asks(file));
}

const soak = testsIn('soak');
/** What opens windows among what plays long. */
const opensWindows = (file) => file.endsWith('/badHour.test.ts');

export const full = [
	windows(
		'windows',
		[...testsIn('e2e').filter(isSlow), ...soak.filter(opensWindows)],
		[
			...['packaged', 'nineKeys', 'badHour', 'start', 'dashboardLooks', 'conversations', 'editorCommands'],
			...['address', 'gateway', 'cases', 'twentyTasks', 'restrictedMode', 'twoTabs', 'commands', 'ownKeys'],
			...['replaceKey', 'editorChat', 'monitoring', 'hostileFiles', 'hostileWorkspace', 'firstHour', 'team'],
		],
		[],
	),
	// What needs processor time and no window: whole days of traffic, random faults.
	{
		name: 'soak',
		counts: true,
		node: newerNode,
		commands: [long(...soak.filter((file) => !opensWindows(file)))],
	},
	// Attacks on whatever reads a text of others: the same ones each time, so that a change is to blame for what breaks.
	{
		name: 'fuzz',
		counts: true,
		commands: [[...mocha, '--config', 'test/fuzz/.mocharc.json']],
		env: { KEYPOOL_FUZZ_SECONDS: '3', KEYPOOL_FUZZ_SEED: '1' },
	},
	// What plays longer when asked to; all else has been played by `npm test`.
	...['unit', 'integration'].map((folder) => ({
		name: `${folder}, at length`,
		counts: true,
		node: newerNode,
		commands: [long(...testsAtLength(folder))],
		env: { ...sameWorlds, KEYPOOL_FULL: '1' },
	})),
];
