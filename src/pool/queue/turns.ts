import type { Clock } from '../types/clock';
import { pause } from '../types/waits';

/** Steps of one turn, and ms that they may take together: what follows from a step, such as what its caller does, counts too. */
const maxSteps = 128;
const maxMs = 5;

/** Work on many requests, in parts: between two of them, other work has its turn. */
export class Turns {
	private steps = 0;
	private began: number;

	/** The work begins. */
	constructor(private readonly clock: Pick<Clock, 'monotonic' | 'after'>) {
		this.began = clock.monotonic();
	}

	/** Call after each step: resolves at once, or in the next turn where this one has done enough. */
	async pause(): Promise<void> {
		if (++this.steps < maxSteps && this.clock.monotonic() - this.began < maxMs) return;
		await pause(this.clock, 0);
		this.steps = 0;
		this.began = this.clock.monotonic();
	}
}

/** Runs what it is given, in order: the first at once. */
export class TaskLine {
	private readonly tasks: (() => void)[] = [];

	constructor(private readonly clock: Pick<Clock, 'monotonic' | 'after'>) {}

	run(task: () => void): void {
		this.tasks.push(task);
		if (this.tasks.length === 1) void this.runAll();
	}

	private async runAll(): Promise<void> {
		const turns = new Turns(this.clock);
		// Also those that come meanwhile.
		for (const task of this.tasks) {
			task();
			await turns.pause();
		}
		this.tasks.length = 0;
	}
}
