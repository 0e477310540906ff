import type { Clock } from '../pool/pool';
import { systemClock } from './systemClock';

/** The system clock, with a monotonic time that all processes of the machine share. */
export const machineClock: Clock = {
	...systemClock,
	monotonic: () => {
		// A browser has no such time, and no other processes.
		if (typeof process === 'undefined' || typeof process.hrtime !== 'function') return systemClock.monotonic();
		const [seconds, nanoseconds] = process.hrtime();
		return seconds * 1_000 + nanoseconds / 1_000_000;
	},
};
