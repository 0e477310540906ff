import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Arrival } from './load';
import type { Asked, Order, Report } from './messages';
import type { Place } from './peer';
import type { PeerName } from './peers';
import type { ScaledTime } from './scaledTime';

/** Built from the files of the same names. */
const built = path.resolve('out/bench/peers');

/** The process of one peer, on scaled time. */
export class Process {
	private readonly child: ChildProcess;

	/** @param seed of its `Math.random` */
	constructor(time: ScaledTime, seed: number) {
		this.child = fork(path.join(built, 'client.js'), {
			execArgv: ['--no-warnings', '--import', path.join(built, 'scaleGlobals.js')],
			env: { ...process.env, ...time.env, KEYPOOL_BENCH_SEED: String(seed) },
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
	}

	async prepare(peer: PeerName, place: Place): Promise<void> {
		await this.tell({ is: 'prepare', peer, place });
	}

	async load(arrivals: readonly Arrival[], patienceMs: number): Promise<readonly Asked[]> {
		const report = await this.tell({ is: 'load', arrivals, patienceMs });
		return report.is === 'asked' ? report.prompts : [];
	}

	/** ms by which the first text comes later than through the bare SDK. */
	async compare(pairs: number): Promise<readonly number[]> {
		const report = await this.tell({ is: 'compare', pairs });
		return report.is === 'compared' ? report.later : [];
	}

	/** Idempotent. */
	async end(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const gone = once(this.child, 'exit');
		// Not a kill: what it started must end with it.
		if (this.child.connected) this.child.disconnect();
		await gone;
	}

	/** @throws Error where the process ends without a word */
	private tell(order: Order): Promise<Report> {
		const { child } = this;
		return new Promise((resolve, reject) => {
			const onExit = (): void => reject(new Error('The process of a peer has ended.'));
			child.once('exit', onExit);
			child.once('message', (report: Report) => {
				child.off('exit', onExit);
				resolve(report);
			});
			child.send(order);
		});
	}
}
