// How `npm run mutation` breaks the engine, and which tests should notice.
import { fileURLToPath } from 'node:url';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/mocha-runner'))],
	testRunner: 'mocha',
	mochaOptions: { config: 'test/mutation/.mocharc.json' },
	coverageAnalysis: 'perTest',
	incremental: true,
	incrementalFile: 'out/mutation/incremental.json',
	tempDirName: 'out/mutation/sandbox',
	ignorePatterns: ['dist', 'out', 'media', '.vscode-test', 'test/{judge,mutation/node_modules,vscode,window}'],
	reporters: ['progress-append-only', 'html'],
	htmlReporter: { fileName: 'out/mutation/index.html' },
	allowConsoleColors: false,
	warnings: { slow: false },
};
