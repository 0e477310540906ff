// `npm run clients`: installs real clients beside this file where they are missing, and plays every case with each of them in
// front of the gateway. Apart from the project's own packages, because they bring 240 MB that nothing else needs.
import path from 'node:path';
import { installBeside, installPackages, root } from '../../scripts/vscode/setup.mjs';

await installPackages();
await installBeside(import.meta.dirname, 'the clients (240 MB on disk, once)');
process.env.TSX_TSCONFIG_PATH = path.join(root, 'tsconfig.json');
const { tsImport } = await import('tsx/esm/api');
// The two old packages of Google's leave a promise of a broken stream to nobody; in a program of its own that would end it.
process.on('unhandledRejection', (error) => console.log(`(nobody heard: ${error?.message})`));
const { play } = await tsImport('./play.ts', import.meta.url);
process.exitCode = await play(process.argv.slice(2), (name) => import(`./clients/${name}.mjs`));
