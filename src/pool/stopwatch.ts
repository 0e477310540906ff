import type { Clock } from './clock';
import type { Part } from './part';
import { longestTrail, type Move, type Took } from './statistics';

/** Times one request by the parts that it hands out. */
export class Stopwatch {
	private firstMs: number | undefined;
	/** `at` by the clock. */
	private readonly switches: (Omit<Move, 'agoMs'> & { readonly at: number })[] = [];

	/** @param began when the request did, by `clock`. */
	constructor(
		private readonly clock: Pick<Clock, 'steady'>,
		private readonly began = clock.steady(),
	) {}

	saw(part: Part<unknown>): void {
		if (part.type === 'output') {
			this.firstMs ??= this.clock.steady() - this.began;
		} else if (part.type === 'switched') {
			this.switches.push({ key: part.from.key, why: part.why, at: this.clock.steady() });
			if (this.switches.length > longestTrail) this.switches.shift();
		}
	}

	/** @param waitedMs ms in line for a key. */
	took(waitedMs: number): Took {
		return {
			ms: this.clock.steady() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.switches.map(({ why }) => why),
		};
	}

	/** The switches as of now, oldest first. */
	moves(): readonly Move[] {
		return this.switches.map(({ key, why, at }) => ({ key, why, agoMs: this.clock.steady() - at }));
	}
}
