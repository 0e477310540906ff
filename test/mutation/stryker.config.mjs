// How `npm run mutation` works; run.mjs says on what, and by which tests.
import { fileURLToPath } from 'node:url';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/mocha-runner'))],
	testRunner: 'mocha',
	// Not by Stryker's `testFiles`: what is computed once, when a file is read, would then be tried against no test at all.
	mochaOptions: {
		'no-config': true,
		require: ['tsx/cjs', './test/support/seed.ts'],
		spec: process.env['KEYPOOL_MUTATION_TESTS']?.split(','),
	},
	coverageAnalysis: 'perTest',
	incremental: true,
	tempDirName: 'out/mutation/sandbox',
	ignorePatterns: ['dist', 'out', 'media', '.vscode-test', 'test/{judge,mutation/node_modules,vscode,window}'],
	reporters: ['progress-append-only', 'html'],
	htmlReporter: { fileName: 'out/mutation/index.html' },
	allowConsoleColors: false,
	warnings: { slow: false },
	concurrency: 2,
};
