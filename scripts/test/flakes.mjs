// `npm run flakes -- 20`: plays the window stage so many times in a row, and writes what it saw into docs/PROOFS.md.
import '../vscode/nodeVersion.mjs';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installHost, installPackages, root } from '../vscode/setup.mjs';
import { noted, withNote } from './flakeNote.mjs';
import { playStage } from './play.mjs';
import { replayFailures } from './replay.mjs';
import { quick, windowStage } from './stages.mjs';

const document = path.join(root, 'docs/PROOFS.md');

async function main(times) {
	if (!Number.isInteger(times) || times < 1) {
		console.error('How many times? npm run flakes -- 20');
		return 2;
	}
	await installPackages();
	await installHost();
	const build = await playStage(quick[0]);
	if (build.failed > 0) {
		console.error(build.output);
		return 1;
	}
	const runs = [];
	for (let n = 1; n <= times; n++) {
		const first = await playStage(windowStage);
		const { results, flaky } = await replayFailures([first], { folder: path.join(root, 'out/flaky') });
		const failed = results[0].failed;
		runs.push({ seconds: first.seconds, flaky: flaky.map(({ title }) => title), failed });
		console.log(`${n} of ${times}: ${first.seconds.toFixed(0)} s, ${flaky.length} flaky, ${failed} failed`);
		if (failed > 0) console.log(results[0].output);
	}
	const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
	const commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
	const note = noted({ date: new Date().toISOString().slice(0, 10), commit, runs });
	writeFileSync(document, withNote(readFileSync(document, 'utf8'), note));
	console.log(note);
	return runs.some(({ failed }) => failed > 0) ? 1 : 0;
}

process.exitCode = await main(Number(process.argv[2]));
