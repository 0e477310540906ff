// `npm start`: makes everything ready, builds, and opens the extension in a real VS Code with the simulator behind it.
// Plain Node until the packages are there.
import '../vscode/nodeVersion.mjs';
import { parseArgs } from 'node:util';
import { run } from '../vscode/command.mjs';
import { checkHost, desktopCode } from '../vscode/machine.mjs';
import { installHost, installPackages, root } from '../vscode/setup.mjs';

const usage = `npm start                 open the extension in VS Code, with five simulated keys
npm start -- --headless   ask one question without a screen, and compare the window with the simulator's log
  --ask "any question"    the question to ask
GEMINI_API_KEYS=… npm start   the same with your own keys (commas between them) and the real service`;

async function main() {
	const { values } = parseArgs({
		options: {
			headless: { type: 'boolean', default: false },
			ask: { type: 'string' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	if (values.ask !== undefined && !values.headless) {
		throw new Error('--ask goes with --headless.');
	}
	const desktop = values.headless ? undefined : desktopCode();
	if (desktop === undefined) checkHost();
	await installPackages();
	if (desktop === undefined) {
		await installHost({ browser: values.headless });
	}
	console.log((await run(process.execPath, ['esbuild.js'], { cwd: root })).trim());
	const { require: load } = await import('tsx/cjs/api');
	const { showWindow, askHeadless } = load('./start.ts', import.meta.url);
	return values.headless ? askHeadless(values.ask) : showWindow(desktop);
}

try {
	process.exit(await main());
} catch (error) {
	console.error(error.message);
	process.exit(1);
}
