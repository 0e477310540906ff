// `npm test`, and with `--full` what is longer: makes everything ready, runs all stages, and closes with one line,
// `N passed, N failed`. Plain Node: a fresh clone has no packages yet.
import '../vscode/nodeVersion.mjs';
import { closing } from './closing.mjs';
import { playAll } from './play.mjs';
import { replayFailures } from './replay.mjs';
import { full, quick } from './stages.mjs';
import { checkHost } from '../vscode/machine.mjs';
import { installHost, installPackages } from '../vscode/setup.mjs';

/** Two cores: more at a time would only make window tests wait. */
const width = 2;

async function main() {
	const started = performance.now();
	const isFull = process.argv.includes('--full');
	try {
		checkHost();
		await installPackages();
		await installHost({ prometheus: isFull, valkey: true });
	} catch (error) {
		console.error(error.message);
		console.log('0 passed, 1 failed');
		return 1;
	}
	const first = await playAll(isFull ? [quick[0], ...full] : quick, { width });
	const { results, flaky } = await replayFailures(first, { folder: 'out/flaky' });
	const { text, failed } = closing(results, flaky, (performance.now() - started) / 1000);
	console.log(text);
	return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
