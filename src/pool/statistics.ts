import type { KeyId } from './key';
import type { Wall } from './ledger';
import type { Attempt } from './part';

/** Sends of one key in one minute by outcome, and tokens. */
export interface MinuteCount {
	/** Minutes since 1970. */
	readonly minute: number;
	readonly key: KeyId;
	readonly outcome: Attempt['outcome'];
	readonly sends: number;
	readonly input: number;
	readonly output: number;
}

/** One request's way, when it ended. */
export interface Trail {
	readonly request: string;
	readonly origin: string;
	readonly endedAt: Wall;
	readonly outcome: Attempt['outcome'];
	readonly attempts: readonly Attempt[];
}

export interface StatisticsData {
	readonly v: 1;
	readonly minutes: readonly MinuteCount[];
	readonly trails: readonly Trail[];
}

const keptMinutes = 24 * 60;
const mostTrails = 200;
/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const mostCounts = 50_000;

/** Usage by minute for 24 h by key and outcome, and the last 200 trails: bounded, exportable, restorable. */
export class Statistics {
	private readonly counts = new Map<string, MinuteCount>();
	private trailList: Trail[] = [];

	constructor(from?: StatisticsData) {
		for (const count of from?.minutes ?? []) this.counts.set(nameOf(count), count);
		this.trailList = [...(from?.trails ?? [])].slice(-mostTrails);
	}

	attempted({ key, outcome, usage }: Attempt, now: Wall): void {
		const minute = Math.floor(now / 60_000);
		const name = nameOf({ minute, key, outcome });
		const known = this.counts.get(name);
		this.counts.set(name, {
			minute,
			key,
			outcome,
			sends: (known?.sends ?? 0) + 1,
			input: (known?.input ?? 0) + (usage?.input ?? 0),
			output: (known?.output ?? 0) + (usage ? usage.output + usage.thoughts : 0),
		});
		if (!known) this.trim(minute);
	}

	ended(trail: Trail): void {
		this.trailList.push(trail);
		if (this.trailList.length > mostTrails) this.trailList.shift();
	}

	/** Oldest first. */
	minutes(): readonly MinuteCount[] {
		return [...this.counts.values()];
	}

	/** Oldest first. */
	trails(): readonly Trail[] {
		return this.trailList;
	}

	export(): StatisticsData {
		return { v: 1, minutes: this.minutes(), trails: [...this.trailList] };
	}

	private trim(minute: number): void {
		for (const [name, count] of this.counts) {
			if (count.minute > minute - keptMinutes && this.counts.size <= mostCounts) break;
			this.counts.delete(name);
		}
	}
}

function nameOf({ minute, key, outcome }: Pick<MinuteCount, 'minute' | 'key' | 'outcome'>): string {
	return `${minute} ${key} ${outcome}`;
}
