// `npm run conformance`: all scenarios; with `--live` the safe part against the real service; `serve <scenario>`: its script
// on a port, for a client in any language; `table [client…] [--write]`: other people's clients, held to all scenarios.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { installBeside, installPackages, root } from '../../scripts/vscode/setup.mjs';

const here = path.relative(root, import.meta.dirname);
const [command, ...rest] = process.argv.slice(2);

await installPackages();
process.exitCode = await main();

async function main() {
	if (command === 'serve') return node('--require', 'tsx/cjs', path.join(here, 'server/cli.ts'), ...rest);
	if (command === 'table') {
		await installBeside(path.join(root, 'test/bench/peers'), 'what a user would take instead (50 MB on disk, once)');
		await installBeside(path.join(root, here, 'clients/geminiCli'), 'gemini-cli (100 MB on disk, once)');
		await build();
		return node('--require', 'tsx/cjs', path.join(here, 'table.ts'), ...rest);
	}
	const live = process.argv.includes('--live');
	const file = path.join(here, live ? 'live.ts' : 'conformance.test.ts');
	const options = [
		'--no-config',
		'--require',
		'tsx/cjs',
		'--timeout',
		'90000',
		'--reporter',
		'test/support/reporter.cjs',
	];
	return node('node_modules/mocha/bin/mocha.js', ...options, file);
}

/** A client's process loads no compiler: that would take longer than many a scenario. */
async function build() {
	const { build: bundle } = await import('esbuild');
	await bundle({
		absWorkingDir: root,
		entryPoints: { player: path.join(here, 'clients/player.ts'), scaleGlobals: 'test/bench/peers/scaleGlobals.ts' },
		outdir: 'out/conformance',
		outExtension: { '.js': '.mjs' },
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		packages: 'external',
		// Scenarios are read where they stand.
		banner: { js: `const __dirname = ${JSON.stringify(path.join(root, here))};` },
		define: { __DEV__: 'false' },
		logLevel: 'warning',
	});
}

function node(...args) {
	const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
	return status ?? 1;
}
