import type { Clock } from '../types/clock';
import type { EpochMs } from '../types/stateStore';
import type { ClockReading } from '../types/storeConnection';

/** ms. Maximum difference between the wall clocks of two processes. */
const maxSkewMs = 150_000;
/** ms. After this long without a commit, no lease and no minute is left that a clock change could harm. */
const quietMs = 120_000;
/** ms. If the wall clock moved this far against the monotonic one, it was set, or the machine slept. */
const jumpMs = 1_000;
/** ms. Two readings closer than this count as equal. */
const sameMs = 500;

/**
 * The store's clock as one process reads it. All processes of a machine agree on it although their wall clocks may differ,
 * because each commit is stamped with the monotonic clock that they share. When the wall clock was set or the machine slept,
 * the first process that notices advances the store's clock.
 */
export class StoreClock {
	private anchor: ClockReading | undefined;
	/** ms that this process's wall clock is ahead of the store's. */
	private skew = 0;
	/** ms between the wall and the monotonic clock when they were last compared. */
	private distance: number;

	/** @param clock its `monotonic` must be shared by all processes of the machine */
	constructor(private readonly clock: Pick<Clock, 'wall' | 'monotonic'>) {
		this.distance = this.ownDistance();
	}

	now(): EpochMs {
		return this.anchor ? at(this.anchor, this.clock.monotonic()) : this.clock.wall();
	}

	stamp(): ClockReading {
		return { wall: this.now(), monotonic: this.clock.monotonic() };
	}

	/** The store was opened: continues its last stamp, unless that is too old or too far off. */
	adopt(last: ClockReading | undefined): void {
		if (!last && this.anchor) return;
		const own: ClockReading = { wall: this.clock.wall(), monotonic: this.clock.monotonic() };
		const skew = last && skewOf(own, last);
		this.anchor = skew === undefined ? own : last;
		this.skew = skew ?? 0;
		this.distance = this.ownDistance();
	}

	/** Another process has committed. */
	follow(last: ClockReading | undefined): void {
		if (!last || !this.anchor) {
			this.adopt(last);
			return;
		}
		const shift = last.wall - at(this.anchor, last.monotonic);
		const jump = this.ownDistance() - this.distance;
		this.anchor = last;
		if (Math.abs(shift) <= sameMs) return;
		this.distance = this.ownDistance();
		// It moved for another reason than this machine's clock: the other process is right.
		if (Math.abs(jump - shift) > sameMs) this.skew = this.clock.wall() - this.now();
	}

	/** Whether the wall clock was set or the machine slept, and no process has advanced the store's clock yet. */
	hasJumped(): boolean {
		return Math.abs(this.ownDistance() - this.distance) > jumpMs;
	}

	/** Advances the store's clock if the machine's has jumped. True if it must be committed. */
	catchUp(): boolean {
		if (!this.hasJumped()) return false;
		this.distance = this.ownDistance();
		const wall = this.clock.wall() - this.skew;
		if (Math.abs(wall - this.now()) <= sameMs) return false;
		this.anchor = { wall, monotonic: this.clock.monotonic() };
		return true;
	}

	private ownDistance(): number {
		return this.clock.wall() - this.clock.monotonic();
	}
}

function at({ wall, monotonic }: ClockReading, now: number): EpochMs {
	return wall + (now - monotonic);
}

/** ms that a process's wall clock is ahead of the store's; undefined if the last stamp is too old or too far off. */
function skewOf(own: ClockReading, last: ClockReading): number | undefined {
	const quiet = own.monotonic - last.monotonic;
	const skew = own.wall - at(last, own.monotonic);
	return quiet >= 0 && quiet <= quietMs && Math.abs(skew) <= maxSkewMs ? skew : undefined;
}
