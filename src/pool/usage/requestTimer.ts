import type { Clock } from '../types/clock';
import type { Part } from '../types/streamPart';
import type { KeySetAside } from '../types/events';
import { longestTrail, type Move, type Took } from '../types/statistics';

/** Times one request by the parts that it hands out, and by the keys that are set aside for it. */
export class Stopwatch {
	private firstMs: number | undefined;
	/** `at` by the clock. */
	private readonly setAsides: (Omit<Move, 'agoMs'> & { readonly at: number })[] = [];

	/** @param began when the request did, by `clock`. */
	constructor(
		private readonly clock: Pick<Clock, 'steady'>,
		private readonly began = clock.steady(),
	) {}

	saw(part: Part<unknown>): void {
		if (part.type === 'output') this.firstMs ??= this.clock.steady() - this.began;
	}

	/** A key was set aside. */
	setAside({ key, reason }: Pick<KeySetAside, 'key' | 'reason'>): void {
		this.setAsides.push({ key, why: reason, at: this.clock.steady() });
		if (this.setAsides.length > longestTrail) this.setAsides.shift();
	}

	/** @param waitedMs ms in line for a key. */
	took(waitedMs: number): Took {
		return {
			ms: this.clock.steady() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.setAsides.map(({ why }) => why),
		};
	}

	/** The keys set aside as of now, oldest first. */
	moves(): readonly Move[] {
		return this.setAsides.map(({ key, why, at }) => ({ key, why, agoMs: this.clock.steady() - at }));
	}
}
