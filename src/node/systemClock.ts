import type { Clock, Dispose } from '../pool/pool';

/** ms. Longer delays run in steps that check the wall clock, so that time asleep counts. */
const stepMs = 30_000;

/** The clock of this process. */
export const systemClock: Clock = {
	wall: () => Date.now(),
	monotonic: () => performance.now(),
	after: (ms, run) => after(ms, run),
};

function after(ms: number, run: () => void): Dispose {
	const due = Date.now() + ms;
	let left = ms;
	let timer: ReturnType<typeof setTimeout>;
	const arm = (): void => {
		const step = Math.min(left, stepMs);
		timer = setTimeout(() => {
			// The smaller one: setting the clock back must not make a delay longer.
			left = Math.min(left - step, due - Date.now());
			if (left > 0) arm();
			else run();
		}, step);
	};
	arm();
	return () => clearTimeout(timer);
}
