// `npm run pictures`: the pictures of the documentation, taken of the real window; `npm run pictures -- gateway` one of them.
import { run } from '../vscode/command.mjs';
import { installHost, installPackages, root } from '../vscode/setup.mjs';

await installPackages();
await installHost();
await run(process.execPath, ['esbuild.js'], { cwd: root });
const { require: load } = await import('tsx/cjs/api');
const { takePictures } = load('./pictures.ts', import.meta.url);
await takePictures(process.argv.slice(2));
