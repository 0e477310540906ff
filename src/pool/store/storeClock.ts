import type { Clock } from '../types/clock';
import type { EpochMs } from '../types/stateStore';
import type { ClockReading } from '../types/storeConnection';

/** ms. Wall clocks of two processes may be this far apart. */
const maxSkewMs = 150_000;
/** ms. A store that nobody wrote to for this long holds nothing that a moved clock could harm: no lease, no full minute. */
const quietMs = 120_000;
/** ms. The wall clock was set, or the machine slept, where it has moved this far against the steady one. */
const jumpMs = 1_000;
/** ms. Two readings that are closer are the same. */
const sameMs = 500;

/**
 * The store's clock as one process reads it. All processes of a machine agree, because each commit is stamped with the
 * steady clock that they share: their wall clocks can be apart. When the wall clock is set or the machine has slept, whoever
 * notices first moves the store's clock along.
 */
export class StoreClock {
	private anchor: ClockReading | undefined;
	/** ms that this process's wall clock is ahead of the store's. */
	private skew = 0;
	/** Wall against steady clock when they were last compared, in ms. */
	private distance: number;

	/** @param clock its `steady` must be one for all processes of the machine. */
	constructor(private readonly clock: Pick<Clock, 'wall' | 'monotonic'>) {
		this.distance = this.ownDistance();
	}

	now(): EpochMs {
		return this.anchor ? at(this.anchor, this.clock.monotonic()) : this.clock.wall();
	}

	stamp(): ClockReading {
		return { wall: this.now(), monotonic: this.clock.monotonic() };
	}

	/** The store was opened: its last stamp counts, unless too much has happened since. */
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
		// Moved for another reason than this machine's clock: they are right, whatever this process's clock says.
		if (Math.abs(jump - shift) > sameMs) this.skew = this.clock.wall() - this.now();
	}

	/** Whether the wall clock was set, or the machine slept, and nobody has moved the store's clock along yet. */
	hasJumped(): boolean {
		return Math.abs(this.ownDistance() - this.distance) > jumpMs;
	}

	/** Moves the store's clock along where the machine's has jumped. True where the next commit must say so. */
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

/** ms that a process's wall clock is ahead of the store's; nothing where too much has happened since the store's last stamp. */
function skewOf(own: ClockReading, last: ClockReading): number | undefined {
	const quiet = own.monotonic - last.monotonic;
	const skew = own.wall - at(last, own.monotonic);
	return quiet >= 0 && quiet <= quietMs && Math.abs(skew) <= maxSkewMs ? skew : undefined;
}
