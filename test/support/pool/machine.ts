import { StoreClock } from '../../../src/pool/store/storeClock';

/** A machine with one steady clock, and processes whose wall clocks differ. */
export class Machine {
	monotonic = 1_000_000;
	private wall = Date.UTC(2026, 10, 24, 20);

	pass(ms: number): void {
		this.monotonic += ms;
		this.wall += ms;
	}

	/** The machine's time is set, or it slept: the steady clock knows nothing of it. */
	jump(ms: number): void {
		this.wall += ms;
	}

	reboot(ms: number): void {
		this.wall += ms;
		this.monotonic = 5_000;
	}

	process(ahead: number): StoreClock {
		return new StoreClock({ wall: () => this.wall + ahead, monotonic: () => this.monotonic });
	}

	now(ahead = 0): number {
		return this.wall + ahead;
	}
}
