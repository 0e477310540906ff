import type { Clock } from './clock';
import type { Part } from './part';
import type { Took } from './statistics';
import type { Reason } from './verdict';

/** A request can wander for long: the newest of its switches are kept. */
const mostSwitches = 50;

/** Times one request by the parts that it hands out. */
export class Stopwatch {
	private readonly began: number;
	private firstMs: number | undefined;
	private readonly switches: Reason[] = [];

	constructor(private readonly clock: Pick<Clock, 'steady'>) {
		this.began = clock.steady();
	}

	saw(part: Part<unknown>): void {
		if (part.type === 'output') {
			this.firstMs ??= this.clock.steady() - this.began;
		} else if (part.type === 'switched') {
			this.switches.push(part.why);
			if (this.switches.length > mostSwitches) this.switches.shift();
		}
	}

	/** @param waitedMs ms in line for a key. */
	took(waitedMs: number): Took {
		return {
			ms: this.clock.steady() - this.began,
			...(this.firstMs === undefined ? {} : { firstMs: this.firstMs }),
			waitedMs,
			switches: this.switches,
		};
	}
}
