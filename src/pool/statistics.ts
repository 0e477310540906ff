import type { Off } from './clock';
import type { BucketId, KeyId } from './key';
import type { Docs, Ledger, RestRecord, Tx, Wall } from './ledger';
import type { Attempt } from './part';
import type { Reason } from './verdict';

/** Sends of one key in one minute by outcome, and tokens; old ones where there are very many, in a quarter of an hour. */
export interface MinuteCount {
	/** Minutes since 1970; of a quarter of an hour its first. */
	readonly minute: number;
	readonly key: KeyId;
	readonly outcome: Attempt['outcome'];
	readonly sends: number;
	readonly input: number;
	readonly output: number;
}

/** One request's way, when it ended. It keeps reasons, not what the service said: that can quote the prompt. */
export interface Trail {
	readonly request: string;
	readonly origin: string;
	readonly endedAt: Wall;
	readonly outcome: Attempt['outcome'];
	/** The newest at most. */
	readonly attempts: readonly Attempt[];
	/** Absent in trails that an earlier version left. */
	readonly took?: Took;
}

/** How long a request took, in ms, and how often it went on elsewhere. */
export interface Took {
	/** From its first step to its end. */
	readonly ms: number;
	/** To its first output; absent where none came. */
	readonly firstMs?: number;
	/** In line for a key. */
	readonly waitedMs: number;
	/** Why it went from one key or model to another, the newest at most. */
	readonly switches: readonly Reason[];
}

const keptMinutes = 24 * 60;
const mostTrails = 200;
const mostAttempts = 50;
/**
 * Counts kept by the minute: a day of 100 keys that are busy every minute, with room for their failures. Beyond these the
 * oldest are kept by the quarter of an hour, which holds a day of 1,000 such keys.
 */
const mostByMinute = 160_000;
/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const mostCounts = 200_000;
/** Counts that one step folds into quarters of an hour. */
const mostFolded = 20_000;
const quarter = 15;

/** Usage of all windows by minute for 24 h by key and outcome, and the last 200 trails: kept in the ledger, bounded. */
export class Statistics {
	constructor(private readonly ledger: Ledger) {}

	/** Writes down how a request ended. */
	ended(trail: Trail): Promise<void> {
		const attempts = trail.attempts.slice(-mostAttempts).map(({ said, ...attempt }) => attempt);
		return this.ledger.transact((tx) => {
			const { trail: kept } = this.ledger.replica();
			let excess = kept.size + 1 - mostTrails;
			for (const id of kept.keys()) {
				if (excess-- <= 0) break;
				tx.drop({ kind: 'trail', id });
			}
			tx.put({ kind: 'trail', id: trail.request, doc: { ...trail, attempts } });
		});
	}

	/** Of the last 24 h, oldest first. */
	minutes(): readonly MinuteCount[] {
		const oldest = minuteOf(this.ledger.now()) - keptMinutes;
		const counts = [...this.ledger.replica().usage.values()].filter(({ minute }) => minute > oldest);
		return counts.sort((a, b) => a.minute - b.minute);
	}

	/** Oldest first. */
	trails(): readonly Trail[] {
		return [...this.ledger.replica().trail.values()].sort((a, b) => a.endedAt - b.endedAt);
	}

	/** When buckets rested, by project and model. */
	rests(): ReadonlyMap<BucketId, RestRecord> {
		return this.ledger.replica().rest;
	}

	/** Tells when a count, a trail or a rest was written, in whichever window. */
	onDidChange(listener: () => void): Off {
		return this.ledger.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'usage' || kind === 'trail' || kind === 'rest')) listener();
		});
	}
}

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Tx,
	{ usage: known }: Docs,
	{ key, outcome, usage }: Pick<Attempt, 'key' | 'outcome' | 'usage'>,
	now: Wall,
): void {
	const minute = minuteOf(now);
	const tokens = { input: usage?.input ?? 0, output: usage ? usage.output + usage.thoughts : 0 };
	if (!add(tx, { minute, key, outcome, sends: 1, ...tokens })) return;
	let excess = known.size + 1 - mostCounts;
	for (const [old, { minute: then }] of known) {
		if (then > minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}

/** Where there are more counts than are kept by the minute: the oldest but the last hour's by the quarter of an hour. */
export function foldOldest(tx: Tx, { usage: known }: Docs, now: Wall): void {
	const lastHour = minuteOf(now) - 60;
	let excess = Math.min(known.size - mostByMinute, mostFolded);
	for (const [id, one] of known) {
		if (excess <= 0) break;
		const minute = one.minute - (one.minute % quarter);
		if (one.minute === minute || one.minute > lastHour) continue;
		tx.drop({ kind: 'usage', id });
		if (!add(tx, { ...one, minute })) excess--;
	}
}

/** True where it is the first of its kind. */
function add(tx: Tx, more: MinuteCount): boolean {
	const id = `${more.minute} ${more.key} ${more.outcome}`;
	const before = tx.usage(id);
	const doc = before && {
		...more,
		sends: before.sends + more.sends,
		input: before.input + more.input,
		output: before.output + more.output,
	};
	tx.put({ kind: 'usage', id, doc: doc ?? more });
	return before === undefined;
}

function minuteOf(at: Wall): number {
	return Math.floor(at / 60_000);
}
