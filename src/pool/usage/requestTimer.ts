import type { Clock } from '../types/clock';
import type { StreamPart } from '../types/streamPart';
import type { KeySetAside } from '../types/events';
import { maxAttempts, type KeySwitch, type Timings } from '../types/statistics';

/** Times one request by the parts that it hands out, and by the keys that are set aside for it. */
export class RequestTimer {
	private firstMs: number | undefined;
	/** `at` by the clock. */
	private readonly setAsides: (Omit<KeySwitch, 'agoMs'> & { readonly at: number })[] = [];

	/** @param began when the request did, by `clock`. */
	constructor(
		private readonly clock: Pick<Clock, 'monotonic'>,
		private readonly began = clock.monotonic(),
	) {}

	onPart(part: StreamPart<unknown>): void {
		if (part.type === 'output') this.firstMs ??= this.clock.monotonic() - this.began;
	}

	/** A key was set aside. */
	setAside({ key, reason }: Pick<KeySetAside, 'key' | 'reason'>): void {
		this.setAsides.push({ key, reason, at: this.clock.monotonic() });
		if (this.setAsides.length > maxAttempts) this.setAsides.shift();
	}

	/** @param waitedMs ms in line for a key. */
	timings(waitedMs: number): Timings {
		return {
			ms: this.clock.monotonic() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.setAsides.map(({ reason }) => reason),
		};
	}

	/** The keys set aside as of now, oldest first. */
	switches(): readonly KeySwitch[] {
		return this.setAsides.map(({ key, reason, at }) => ({ key, reason, agoMs: this.clock.monotonic() - at }));
	}
}
