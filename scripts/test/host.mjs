// Runs test/integration/host inside a real VS Code: the desktop one whose executable VSCODE_EXECUTABLE names, else the stand-in.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const tests = path.join(root, 'test/integration/host');
const out = path.join(root, 'out/test/host');
const workspace = mkdtempSync(path.join(tmpdir(), 'keypool-workspace-'));

const report = path.join(out, 'report.txt');
const failures = process.env.KEYPOOL_TEST_FAILURES;
const env = { KEYPOOL_TEST_REPORT: report, ...(failures && { KEYPOOL_TEST_FAILURES: failures }) };

rmSync(out, { recursive: true, force: true });
await esbuild.build({
	absWorkingDir: root,
	entryPoints: [
		{ in: path.join(root, 'test/support/host/index.ts'), out: 'index' },
		...readdirSync(tests).map((name) => ({ in: path.join(tests, name), out: name.replace(/\.ts$/, '') })),
	],
	outdir: out,
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	sourcemap: 'linked',
	external: ['vscode', 'mocha'],
	define: { __DEV__: 'true' },
	logLevel: 'warning',
});

try {
	await runTests({
		vscodeExecutablePath: process.env.VSCODE_EXECUTABLE ?? path.join(root, 'scripts/vscode/vscode-in-browser.mjs'),
		extensionDevelopmentPath: root,
		extensionTestsPath: path.join(out, 'index.js'),
		launchArgs: [workspace],
		// The stand-in keeps the caller's environment out of the window but for what it is given by name.
		extensionTestsEnv: { ...env, STAND_IN_ENV: JSON.stringify(env) },
	});
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
} finally {
	console.log(existsSync(report) ? readFileSync(report, 'utf8').trimEnd() : 'The tests inside VS Code did not start.');
	rmSync(workspace, { recursive: true, force: true });
}
