// Plays stages of commands. A stage is one command, or several in a row. Those with `counts` close their output with
// their own `N passed, N failed`; every other stage is one test. `after` names the stage that must have passed before;
// `node` answers what runs it, absent: the Node that runs this. A stage takes one of the `width` slots, or as many as its
// `slots` says, where it keeps several cores busy by itself. A stage with `replay` opens windows: see replay.mjs.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** ms. The longest that one command of a stage may take, also beside other work: all slow windows, for instance. */
const longestMs = 30 * 60_000;

/** In the order given, as far as `after` allows; each stage's output is shown in one piece when it has ended. */
export async function playAll(stages, { width, show = console.log }) {
	const waiting = [...stages];
	const running = new Map();
	const results = [];
	let free = width;
	while (waiting.length > 0 || running.size > 0) {
		const ended = new Map(results.map((result) => [result.stage.name, result]));
		for (let n = 0; n < waiting.length;) {
			const { after, slots = 1 } = waiting[n];
			const before = after === undefined ? { failed: 0 } : ended.get(after);
			if (before === undefined) {
				n++;
				continue;
			}
			// What comes later does not pass one that waits for more slots.
			if (slots > free) break;
			free -= slots;
			const [stage] = waiting.splice(n, 1);
			running.set(stage.name, before.failed === 0 ? playStage(stage) : skipped(stage));
		}
		const result = await Promise.race(running.values());
		running.delete(result.stage.name);
		free += result.stage.slots ?? 1;
		results.push(result);
		show(`\n── ${result.stage.name} (${result.seconds.toFixed(1)} s)\n${result.output}`);
	}
	return results;
}

async function skipped(stage) {
	return { stage, passed: 0, failed: 1, failures: [], seconds: 0, output: `not run, because ${stage.after} failed` };
}

/** Plays one stage: what it counted, what failed where it says so (`file`, `title` and `reason` of each test), and what it printed. */
export async function playStage(stage) {
	const { name, commands, counts = false, env = {}, node = () => process.execPath } = stage;
	const started = performance.now();
	const report = path.join(root, 'out/failures', `${name.replace(/[^\w]+/g, '-')}.json`);
	mkdirSync(path.dirname(report), { recursive: true });
	rmSync(report, { force: true });
	let output = '';
	let code = 0;
	for (const args of commands) {
		code = await run(node(), args, stage.replay ? { ...env, KEYPOOL_TEST_FAILURES: report } : env, (text) => {
			output += text;
		});
		if (code !== 0) {
			break;
		}
	}
	const seconds = (performance.now() - started) / 1000;
	const own = /^(\d+) passed, (\d+) failed$/m.exec(output);
	output = output.replace(/^\d+ passed, \d+ failed\n?/m, '').trim();
	if (!counts || own === null) {
		// A stage that should have counted, and did not, broke.
		const good = code === 0 && !counts;
		return { stage, passed: good ? 1 : 0, failed: good ? 0 : 1, failures: [], seconds, output };
	}
	const [passed, failed] = own.slice(1).map(Number);
	const failures = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
	return { stage, passed, failed: Math.max(failed, code === 0 ? 0 : 1), failures, seconds, output };
}

function run(node, args, env, write) {
	return new Promise((resolve) => {
		const child = spawn(node, args, {
			cwd: root,
			// The stages write into pipes, whatever this process writes to.
			env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const stop = setTimeout(() => {
			write(`Not over after ${longestMs / 60_000} min: ended\n`);
			child.kill();
		}, longestMs);
		child.stdout.on('data', write);
		child.stderr.on('data', write);
		child.once('error', (error) => write(`${error.message}\n`));
		child.once('close', (code) => {
			clearTimeout(stop);
			resolve(code ?? 1);
		});
	});
}
