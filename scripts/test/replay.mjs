// A window test can fail by the machine's load alone. What failed is played once more, its file alone and nothing beside
// it: a file that passes then is flaky, named at the end of the run with what failed first in it, and kept; more than a few
// flaky files fail the run.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { playStage } from './play.mjs';

/** The most flaky files that a green run may have. */
export const maxFlaky = 2;

/** Where tests of more files than this failed, something broke: none is played again. */
const maxReplayed = 8;

/**
 * Plays the failed files of stages with `replay` again, one after the other. Answers the results with what passed now
 * counted as passed, and the flaky files. The outputs of both times are written into `folder`.
 */
export async function replayFailures(results, { folder, show = console.log }) {
	const count = new Set(results.flatMap(({ failures }) => failures.map(({ file }) => file))).size;
	if (count > maxReplayed) {
		show(`\nWindow tests of ${count} files failed, more than ${maxReplayed}: none is played again`);
		return { results, flaky: [] };
	}
	const flaky = [];
	const mended = [];
	for (const result of results) {
		// Where more failed than the tests that are named, a command itself broke.
		const isWhole = result.failures.length === result.failed && result.failures.every(({ file }) => file !== '');
		const found = isWhole ? await flakyIn(result, folder, show) : [];
		flaky.push(...found);
		const forgiven = found.reduce((sum, { failed }) => sum + failed, 0);
		mended.push({ ...result, passed: result.passed + forgiven, failed: result.failed - forgiven });
	}
	return { results: mended, flaky };
}

async function flakyIn({ stage, failures, output }, folder, show) {
	const flaky = [];
	for (const file of new Set(failures.map((failure) => failure.file))) {
		const commands = stage.replay(file);
		const name = `${stage.name} alone ${path.basename(file, '.test.ts')}`;
		const again = await playStage({ ...stage, name, commands });
		const stem = path.join(folder, `${stamp()}-${name.replace(/[^\w]+/g, '-')}`);
		mkdirSync(folder, { recursive: true });
		writeFileSync(`${stem}.first.txt`, output);
		writeFileSync(`${stem}.again.txt`, again.output);
		show(`\n── ${file}, played again alone (${again.seconds.toFixed(1)} s)\n${again.output}`);
		// The tests of a file can share a window: all must pass, and what failed after the first one may be its doing.
		if (again.failed === 0 && again.passed > 0) {
			const ofFile = failures.filter((failure) => failure.file === file);
			const [{ title, reason }] = ofFile;
			flaky.push({ file, title, reason, failed: ofFile.length, outputs: stem });
		}
	}
	return flaky;
}

function stamp() {
	return new Date()
		.toISOString()
		.replace(/[^\d]+/g, '')
		.slice(0, 14);
}
