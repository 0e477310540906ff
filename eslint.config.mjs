// The walls of the house as lint: a line of code knows its room. See docs/ARCHITECTURE.md for the plan. All other rules
// stand in .oxlintrc.json: oxlint knows them, and types, ten times as fast.
import { builtinModules } from 'node:module';
import { importX } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import regexp from 'eslint-plugin-regexp';
import * as parser from '@typescript-eslint/parser';

/** What each room may import besides itself, among the folders and files directly under src/. `common` is open to all but the engine. */
const mayImport = {
	pool: [],
	common: [],
	ui: [],
	generation: [],
	masking: ['common'],
	workspaceFiles: [],
	settings: ['common', 'generation', 'pool', 'prices'],
	localization: ['pool'],
	prices: ['pool'],
	gemini: ['common', 'generation', 'masking', 'pool'],
	keys: ['common', 'masking', 'pool', 'settings', 'ui'],
	'ask.ts': ['common', 'gemini', 'generation', 'localization', 'masking', 'pool', 'settings'],
	chat: [
		'ask.ts',
		'common',
		'gemini',
		'generation',
		'keys',
		'localization',
		'masking',
		'pool',
		'settings',
		'ui',
		'webviews',
	],
	editor: [
		...['ask.ts', 'common', 'gemini', 'generation', 'keys', 'localization', 'masking', 'pool', 'settings', 'ui'],
		'workspaceFiles',
	],
	views: [
		...['ask.ts', 'common', 'gemini', 'keys', 'localization', 'masking', 'pool', 'settings', 'ui', 'webviews'],
		'workspaceFiles',
	],
	gateway: ['common', 'gemini', 'localization', 'masking', 'pool'],
	localGateway: ['common', 'gateway', 'localization', 'pool', 'settings', 'ui'],
	monitoring: ['ask.ts', 'common', 'gemini', 'keys', 'localization', 'masking', 'pool', 'settings', 'ui'],
	languageModel: ['ask.ts', 'common', 'gemini', 'generation', 'localization', 'pool', 'settings', 'ui'],
	webviews: ['common', 'generation', 'masking'],
	team: [
		...['common/commands.ts', 'common/decodedText.ts', 'common/lazily.ts', 'node/valkey.ts'],
		...['pool', 'storedDocuments', 'ui'],
	],
	headless: [
		'common',
		'gateway',
		'gemini',
		'keys',
		'localization',
		'masking',
		'monitoring',
		'node',
		'pool',
		'prices',
		'team',
	],
	simulator: [],
	simulatorMode: ['common', 'gemini', 'keys', 'pool', 'simulator', 'ui'],
	teamGateway: ['common', 'gemini', 'keys', 'pool', 'ui'],
	api: ['common', 'pool'],
	storedDocuments: ['pool'],
	node: [
		...['chat/storage/folder.ts', 'common', 'keys/keyring/secretStore.ts', 'masking', 'monitoring/metrics/metrics.ts'],
		...['localGateway/createLocalGateway.ts', 'localGateway/registerLocalGateway.ts'],
		...['pool', 'storedDocuments', 'workspaceFiles/disk.ts'],
	],
	// What it stands in for, and what that is.
	web: [
		'chat/storage/folder.ts',
		'common',
		'keys/keyring/secretStore.ts',
		'node',
		'pool',
		'storedDocuments',
		'team',
		'ui',
	],
	'development.ts': ['keys'],
	'removeEverything.ts': ['common', 'ui'],
};

/** The same inside the engine: from what a request is, through what admits and chooses, to what sends. */
const poolMayImport = {
	types: [],
	quota: ['types'],
	health: ['quota', 'types'],
	budget: ['quota', 'types'],
	usage: ['budget', 'health', 'quota', 'types'],
	store: ['budget', 'health', 'quota', 'types', 'usage'],
	queue: ['quota', 'types'],
	selection: ['budget', 'health', 'queue', 'quota', 'store', 'types'],
	dispatch: ['budget', 'health', 'queue', 'quota', 'selection', 'store', 'types', 'usage'],
	maintenance: ['budget', 'health', 'quota', 'store', 'types', 'usage'],
};

const zonesIn = (folder, allowed) =>
	Object.entries(allowed).map(([room, others]) => ({
		target: `${folder}/${room}`,
		from: folder,
		except: [room, ...others].map((name) => `./${name}`),
		message: `${folder.slice(2)}/${room} may import ${others.length ? others.join(', ') : 'no other room'} only.`,
	}));

const zones = [...zonesIn('./src', mayImport), ...zonesIn('./src/pool', poolMayImport)];

/** Imports that a room does not know: as ESLint's own rule takes them, and as a pattern for `import()`, which it skips. */
const bans = {
	vscode: { group: ['vscode'], dynamic: '^vscode$', message: 'Only host rooms know the editor.' },
	node: {
		regex: `^(node:|(${builtinModules.join('|')})$)`,
		dynamic: `^(node:|(${builtinModules.join('|').replaceAll('/', '.')})$)`,
		message: 'Only src/node, the shell of the simulator and tests import node:*.',
	},
	sdk: {
		group: ['@google/genai', '@google/genai/*'],
		dynamic: '^@google.genai',
		message: 'Only src/gemini knows the SDK.',
	},
	packages: {
		regex: '^[^.]',
		dynamic: '^[^.]',
		message: 'The engine needs nothing but itself.',
	},
	host: {
		regex: '^(../)+(html|messages|schema)$',
		dynamic: '^(...)+(html|messages|schema)$',
		message: 'Browser code shares the protocol with the host, and nothing else.',
	},
	poolFace: {
		regex: '(^|/)pool/(?!pool$)',
		dynamic: '.pool.(?!pool$)',
		message: 'Outside the engine import its face, src/pool/pool.ts.',
	},
};

const patternOf = ({ group, regex, message }) => (regex === undefined ? { group, message } : { regex, message });

/** What shows a text to a person, and reads links or icons in it: src/ui makes every text safe first. */
const shows = `/^(${[
	'show(Information|Warning|Error)Message',
	'withProgress',
	'(show|create)QuickPick',
	'(show|create)InputBox',
	'createStatusBarItem',
	'setStatusBarMessage',
	'createLanguageStatusItem',
	'MarkdownString',
].join('|')})$/`;

/** As a member, by its name in brackets, taken out of the namespace, or imported. */
const showing = [
	`MemberExpression[property.name=${shows}]`,
	`MemberExpression[property.value=${shows}]`,
	`ObjectPattern > Property[key.name=${shows}]`,
	`ImportDeclaration[source.value='vscode'] ImportSpecifier[imported.name=${shows}]`,
].map((selector) => ({ selector, message: 'Texts are shown by the functions of src/ui, which make them safe.' }));

/** What writes a file; our own storage apart, it is written by src/workspaceFiles, which follows no link out of the workspace. */
const writing = ['writeFile', 'createFile', 'createDirectory'].map((property) => ({
	property,
	message: 'Files of the workspace are written by src/workspaceFiles/workspaceFiles.ts.',
}));

const importing = (names) =>
	names.map((name) => ({
		selector: `ImportExpression[source.value=/${bans[name].dynamic}/]`,
		message: bans[name].message,
	}));

const refuseImports = (...names) => ({
	'no-restricted-imports': ['error', { patterns: names.map((name) => patternOf(bans[name])) }],
	'no-restricted-syntax': ['error', ...importing(names)],
});

const refuse = (...names) => ({
	...refuseImports(...names),
	'no-restricted-syntax': ['error', ...importing(names), ...showing],
});

/** What the engine is handed, or has no business with. */
const impure = [
	'document',
	'window',
	'self',
	'globalThis',
	'navigator',
	'localStorage',
	'XMLHttpRequest',
	'WebSocket',
	'Date',
	'setTimeout',
	'setInterval',
	'setImmediate',
	'fetch',
	'process',
	'Buffer',
	'performance',
	'crypto',
];

export default [
	{ ignores: ['dist', 'out', '.vscode-test'] },
	// Which comments are of use is for oxlint to say, which knows all rules.
	{ linterOptions: { reportUnusedDisableDirectives: 'off' } },
	{ files: ['src/**/*.ts'], languageOptions: { parser } },
	{
		files: ['src/**/*.ts'],
		plugins: { 'import-x': importX },
		settings: {
			'import-x/resolver-next': [
				createTypeScriptImportResolver({
					noWarnOnMultipleProjects: true,
					project: ['tsconfig.json', 'src/webviews/tsconfig.json', 'src/web/tsconfig.json'],
				}),
			],
		},
		rules: { 'import-x/no-restricted-paths': ['error', { zones }] },
	},
	{ files: ['src/**/*.ts'], rules: refuse('node', 'sdk', 'poolFace') },
	{
		files: ['src/**/*.ts'],
		ignores: ['src/node/**', 'src/workspaceFiles/**', 'src/chat/storage/workspaceFolder.ts'],
		rules: { 'no-restricted-properties': ['error', ...writing] },
	},
	// What ships reads texts of others: none may make an expression take the square of its length. A test reads its own.
	{
		files: ['src/**/*.ts'],
		plugins: { regexp },
		rules: {
			'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
			'regexp/no-super-linear-move': ['error', { report: 'potential' }],
		},
	},
	{ files: ['src/ui/**/*.ts'], rules: refuseImports('node', 'sdk', 'poolFace') },
	{ files: ['src/gemini/**/*.ts'], rules: refuse('vscode', 'node', 'poolFace') },
	{
		files: ['src/pool/**/*.ts'],
		rules: {
			...refuse('packages'),
			'no-restricted-globals': ['error', ...impure],
			'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Chance is injected.' }],
		},
	},
	{
		files: ['src/api/**/*.ts', 'src/prices/**/*.ts', 'src/simulator/**/*.ts'],
		rules: refuse('vscode', 'node', 'sdk', 'poolFace'),
	},
	{ files: ['src/webviews/*/**/*.ts'], rules: refuse('vscode', 'node', 'sdk', 'poolFace', 'host') },
	{
		files: ['src/simulator/{http,cli}.ts', 'src/headless/{main,parseArguments}.ts', 'src/node/**/*.ts'],
		rules: refuse('vscode', 'sdk', 'poolFace'),
	},
	// Scripts need no type, but a mode that allows what modules do not.
	{
		files: ['**/*.js', '**/*.cjs'],
		languageOptions: { sourceType: 'commonjs' },
		rules: { 'no-dupe-args': 'error', 'no-octal': 'error' },
	},
];
