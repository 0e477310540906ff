import type { Clock, Dispose } from '../../src/pool/pool';

interface Timer {
	readonly due: number;
	readonly run: () => void;
}

/** Timers that one `until` runs at most. */
const maxSteps = 20_000;

/**
 * Time that moves only when a test says so. Serves the engine (`wall`, `steady`, `after`) and the simulator
 * (`now`, `after`) alike, so that both live in one virtual time.
 */
export class VirtualClock implements Clock {
	/** In order of their time; equal times in order of arrival. */
	private readonly timers: Timer[] = [];
	private elapsed = 0;
	private offset: number;

	/** @param start ms since 1970 of the first moment. */
	constructor(start = Date.UTC(2026, 10, 24, 20)) {
		this.offset = start;
	}

	/** ms since 1970; the simulator's name for `wall`. */
	readonly now = (): number => this.wall();

	readonly wall = (): number => this.offset + this.elapsed;

	readonly monotonic = (): number => this.elapsed;

	readonly after = (ms: number, run: () => void): Dispose => {
		const timer: Timer = { due: this.elapsed + Math.max(0, ms), run };
		let low = 0;
		for (let high = this.timers.length; low < high;) {
			const middle = (low + high) >>> 1;
			if ((this.timers[middle]?.due ?? Infinity) <= timer.due) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		this.timers.splice(low, 0, timer);
		return () => {
			const at = this.timers.indexOf(timer);
			if (at >= 0) {
				this.timers.splice(at, 1);
			}
		};
	};

	/** How many timers wait: 0 when everything that was started has ended. */
	get pending(): number {
		return this.timers.length;
	}

	/** Moves the wall clock alone, as a correction of the system's time does. */
	jump(ms: number): void {
		this.offset += ms;
	}

	/** The machine sleeps: its clocks go on, as those of Windows and macOS do, and no timer rings before it wakes. */
	sleep(ms: number): void {
		this.elapsed += ms;
	}

	/** Lets every promise settle that needs no time. */
	async settle(): Promise<void> {
		for (let round = 0; round < 3; round++) {
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Lets `ms` pass: runs what falls due, in order, and lets promises settle in between. */
	async advance(ms: number): Promise<void> {
		const end = this.elapsed + ms;
		await this.settle();
		while ((this.timers[0]?.due ?? Infinity) <= end) {
			await this.step();
		}
		this.elapsed = end;
	}

	/**
	 * Lets as much time pass as `promise` needs, and answers what it does. Throws when no timer is left to wait for, and
	 * after so many that something spins.
	 */
	async until<T>(promise: Promise<T>): Promise<T> {
		const state = { settled: false };
		const mark = (): void => {
			state.settled = true;
		};
		promise.then(mark, mark);
		await this.settle();
		for (let steps = 0; !state.settled; steps++) {
			if (this.timers.length === 0) {
				throw new Error('Nothing is left that could settle the promise.');
			}
			if (steps === maxSteps) {
				throw new Error(`${maxSteps} timers did not settle the promise.`);
			}
			await this.step();
		}
		return promise;
	}

	private async step(): Promise<void> {
		const timer = this.timers.shift();
		if (timer) {
			this.elapsed = Math.max(this.elapsed, timer.due);
			timer.run();
			await this.settle();
		}
	}
}
