import { machineClock } from '../../../src/node/machineClock';
import type { Clock } from '../../../src/pool/pool';

/** Real time, some times as fast: the same for all processes that begin with the same `base`. */
export function fastClock(speed: number, base: number): Clock {
	return {
		wall: () => fast(Date.now(), speed, base),
		monotonic: () => machineClock.monotonic() * speed,
		after: (ms, run) => machineClock.after(ms / speed, run),
	};
}

/** A moment of real time, as that clock has it. */
export function fast(at: number, speed: number, base: number): number {
	return Math.round(base + (at - base) * speed);
}
