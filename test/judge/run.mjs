// `npm run judge`: installs the other classifier beside this file where it is missing, then lets both look at the same
// bodies. Apart from the project's own packages, because it brings 370 MB that nothing else needs.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../vscode/command.mjs';
import { installPackages, root } from '../vscode/setup.mjs';

const here = import.meta.dirname;
const wanted = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies;

function isInstalled([name, version]) {
	const found = path.join(here, 'node_modules', name, 'package.json');
	return existsSync(found) && JSON.parse(readFileSync(found, 'utf8')).version === version;
}

await installPackages();
if (!Object.entries(wanted).every(isInstalled)) {
	console.log('Installing the other classifier (370 MB on disk, once)');
	await run('npm', ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'], { cwd: here });
}
process.env.TSX_TSCONFIG_PATH = path.join(root, 'tsconfig.json');
const { tsImport } = await import('tsx/esm/api');
const { judge } = await tsImport('./judge.ts', import.meta.url);
process.exitCode = await judge(process.argv.slice(2));
