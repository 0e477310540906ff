import type { Clock } from '../types/clock';
import type { StreamPart } from '../types/streamPart';
import type { KeySetAside } from '../types/events';
import { maxAttempts, type KeySwitch, type Timings } from '../types/statistics';

/** Times one request: its first output, its end, and when keys were set aside for it. */
export class RequestTimer {
	private firstMs: number | undefined;
	/** `at` by the monotonic clock. */
	private readonly setAsides: (Omit<KeySwitch, 'agoMs'> & { readonly at: number })[] = [];

	/** @param began when the request began, by `clock` */
	constructor(
		private readonly clock: Pick<Clock, 'monotonic'>,
		private readonly began = clock.monotonic(),
	) {}

	onPart(part: StreamPart<unknown>): void {
		if (part.type === 'output') this.firstMs ??= this.clock.monotonic() - this.began;
	}

	/** A key was set aside. */
	setAside({ key, model, reason }: Pick<KeySetAside, 'key' | 'model' | 'reason'>): void {
		this.setAsides.push({ key, model, reason, at: this.clock.monotonic() });
		if (this.setAsides.length > maxAttempts) this.setAsides.shift();
	}

	/** @param waitedMs ms spent waiting for a lease */
	timings(waitedMs: number): Timings {
		return {
			ms: this.clock.monotonic() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.setAsides.map(({ reason }) => reason),
		};
	}

	/** The keys set aside so far, oldest first. */
	switches(): readonly KeySwitch[] {
		return this.setAsides.map(({ at, ...set }) => ({ ...set, agoMs: this.clock.monotonic() - at }));
	}
}
