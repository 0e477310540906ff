import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { inFolder } from '../ledgers';
import type { WindowOrder, WindowReport } from './messages';

/** Each window asks 50 times a second. */
const pauseMs = 20;

/** ms of each of so many requests of one window, while `count - 1` others, each a process, are as busy on the same file. */
export function amongWindows(count: number, measures: number): Promise<readonly number[]> {
	return inFolder(async (folder) => {
		const windows: ChildProcess[] = [];
		try {
			for (let n = 1; n < count; n++) windows.push(await opened({ folder, pauseMs }));
			const own = await opened({ folder, pauseMs, measures });
			windows.push(own);
			return await new Promise<readonly number[]>((resolve, reject) => {
				own.once('message', (report: WindowReport) => resolve(report.is === 'measured' ? report.took : []));
				own.once('exit', () => reject(new Error('A window has ended.')));
			});
		} finally {
			await Promise.all(windows.map(closed));
		}
	});
}

/** Resolves when it asks. */
async function opened(order: WindowOrder): Promise<ChildProcess> {
	const child = fork(path.resolve('out/bench/growth/window.js'), { execArgv: ['--no-warnings'] });
	child.send(order);
	await new Promise<void>((resolve, reject) => {
		child.once('message', () => resolve());
		child.once('exit', () => reject(new Error('A window did not start.')));
	});
	return child;
}

async function closed(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = once(child, 'exit');
	child.kill('SIGKILL');
	await gone;
}
