// `npm run conformance`: all scenarios; with `--live` the safe part against the real service.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { installPackages, root } from '../vscode/setup.mjs';

await installPackages();
const live = process.argv.includes('--live');
const here = path.relative(root, import.meta.dirname);
const args = [
	...['--no-config', '--require', 'tsx/cjs', '--timeout', '90000', '--reporter', 'test/reporter.cjs'],
	path.join(here, live ? 'live.ts' : 'conformance.test.ts'),
];
const { status } = spawnSync(process.execPath, ['node_modules/mocha/bin/mocha.js', ...args], {
	cwd: root,
	stdio: 'inherit',
});
process.exitCode = status ?? 1;
