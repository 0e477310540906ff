import type { Clock } from '../types/clock';
import type { Wall } from '../types/stateStore';
import type { Stamp } from '../types/storeConnection';

/** ms. Wall clocks of two processes may be this far apart. */
const longestSkewMs = 150_000;
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
	private anchor: Stamp | undefined;
	/** ms that this process's wall clock is ahead of the store's. */
	private skew = 0;
	/** Wall against steady clock when they were last compared, in ms. */
	private distance: number;

	/** @param clock its `steady` must be one for all processes of the machine. */
	constructor(private readonly clock: Pick<Clock, 'wall' | 'steady'>) {
		this.distance = this.ownDistance();
	}

	now(): Wall {
		return this.anchor ? at(this.anchor, this.clock.steady()) : this.clock.wall();
	}

	stamp(): Stamp {
		return { wall: this.now(), steady: this.clock.steady() };
	}

	/** The store was opened: its last stamp counts, unless too much has happened since. */
	adopt(last: Stamp | undefined): void {
		if (!last && this.anchor) return;
		const own: Stamp = { wall: this.clock.wall(), steady: this.clock.steady() };
		const skew = last && skewOf(own, last);
		this.anchor = skew === undefined ? own : last;
		this.skew = skew ?? 0;
		this.distance = this.ownDistance();
	}

	/** Another process has committed. */
	follow(last: Stamp | undefined): void {
		if (!last || !this.anchor) {
			this.adopt(last);
			return;
		}
		const shift = last.wall - at(this.anchor, last.steady);
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
		this.anchor = { wall, steady: this.clock.steady() };
		return true;
	}

	private ownDistance(): number {
		return this.clock.wall() - this.clock.steady();
	}
}

function at({ wall, steady }: Stamp, now: number): Wall {
	return wall + (now - steady);
}

/** ms that a process's wall clock is ahead of the store's; nothing where too much has happened since the store's last stamp. */
function skewOf(own: Stamp, last: Stamp): number | undefined {
	const quiet = own.steady - last.steady;
	const skew = own.wall - at(last, own.steady);
	return quiet >= 0 && quiet <= quietMs && Math.abs(skew) <= longestSkewMs ? skew : undefined;
}
