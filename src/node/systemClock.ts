import type { Clock, Dispose } from '../pool/pool';

/** ms. Longer delays are taken in steps by the wall clock, so that a machine's sleep counts as time that passed. */
const stepMs = 30_000;

/** The machine's clock. */
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
			// Whichever says that less is left: a clock set back must not make a wait longer.
			left = Math.min(left - step, due - Date.now());
			if (left > 0) arm();
			else run();
		}, step);
	};
	arm();
	return () => clearTimeout(timer);
}
