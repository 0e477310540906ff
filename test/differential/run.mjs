// `npm run judge`: installs the other classifier beside this file where it is missing, then lets both look at the same
// bodies. Apart from the project's own packages, because it brings 370 MB that nothing else needs.
import path from 'node:path';
import { installBeside, installPackages, root } from '../../scripts/vscode/setup.mjs';

await installPackages();
await installBeside(import.meta.dirname, 'the other classifier (370 MB on disk, once)');
process.env.TSX_TSCONFIG_PATH = path.join(root, 'tsconfig.json');
const { tsImport } = await import('tsx/esm/api');
const { judge } = await tsImport('./judge.ts', import.meta.url);
process.exitCode = await judge(process.argv.slice(2));
