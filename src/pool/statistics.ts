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
	/** Prompts that left the key for this reason, whether they had been sent or not; absent: none. */
	readonly fallbacks?: number;
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

/** A prompt that went on elsewhere: from which key, why, and how many ms before it ended. */
export interface Move {
	readonly key: KeyId;
	readonly why: Reason;
	readonly agoMs: number;
}

const keptMinutes = 24 * 60;
const mostTrails = 200;
const mostAttempts = 50;
/** Counts kept at the most, whatever the number of keys: the oldest go first. */
const mostCounts = 200_000;

/** Usage of all windows by minute for 24 h by key and outcome, and the last 200 trails: kept in the ledger, bounded. */
export class Statistics {
	constructor(private readonly ledger: Ledger) {}

	/** Writes down how a request ended, and where it went on elsewhere. */
	ended(trail: Trail, moves: readonly Move[] = []): Promise<void> {
		const attempts = trail.attempts.slice(-mostAttempts).map(({ said, ...attempt }) => attempt);
		return this.ledger.transact((tx, now) => {
			const docs = this.ledger.replica();
			const { trail: kept } = docs;
			let excess = kept.size + 1 - mostTrails;
			for (const id of kept.keys()) {
				if (excess-- <= 0) break;
				tx.drop({ kind: 'trail', id });
			}
			tx.put({ kind: 'trail', id: trail.request, doc: { ...trail, attempts } });
			for (const { key, why, agoMs } of moves) {
				addBounded(tx, docs, { key, outcome: why, minute: minuteOf(now - agoMs), fallbacks: 1 });
			}
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

type Counted = Pick<MinuteCount, 'minute' | 'key' | 'outcome'> & Partial<MinuteCount>;

/** Counts one send as it ended, in the very step that settles it, so that no window that dies leaves half of it. */
export function count(
	tx: Tx,
	docs: Docs,
	{ key, outcome, usage }: Pick<Attempt, 'key' | 'outcome' | 'usage'>,
	now: Wall,
): void {
	const output = usage ? usage.output + usage.thoughts : 0;
	addBounded(tx, docs, { minute: minuteOf(now), key, outcome, sends: 1, input: usage?.input ?? 0, output });
}

function addBounded(tx: Tx, { usage: known }: Docs, more: Counted): void {
	if (!add(tx, more)) return;
	let excess = known.size + 1 - mostCounts;
	for (const [old, { minute: then }] of known) {
		if (then > more.minute - keptMinutes && excess-- <= 0) break;
		tx.drop({ kind: 'usage', id: old });
	}
}

/** Adds to the count of a key and outcome in a minute. True where it is the first of its kind. */
export function add(tx: Tx, more: Counted): boolean {
	const { minute, key, outcome } = more;
	const id = `${minute} ${key} ${outcome}`;
	const before = tx.usage(id);
	const sum = (of: 'sends' | 'input' | 'output' | 'fallbacks'): number => (before?.[of] ?? 0) + (more[of] ?? 0);
	const fallbacks = sum('fallbacks');
	const counted = { sends: sum('sends'), input: sum('input'), output: sum('output') };
	tx.put({ kind: 'usage', id, doc: { minute, key, outcome, ...counted, ...(fallbacks > 0 && { fallbacks }) } });
	return before === undefined;
}

export function minuteOf(at: Wall): number {
	return Math.floor(at / 60_000);
}
