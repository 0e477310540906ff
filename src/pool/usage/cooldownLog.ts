import type { Clock, Dispose } from '../types/clock';
import { bucketId, type BucketId } from '../types/key';
import type { StateStore, CooldownRecord, CooldownSpan, EpochMs } from '../types/stateStore';
import { settledChanges, type PoolEvent } from '../types/events';
import type { Snapshot, Availability } from '../types/availability';
import { skewMs } from '../quota/bucket';
import { isOfModel } from './supply';

/** ms. Cooldowns are kept as long as the longest period that views show. */
const keptMs = 24 * 3_600_000;
/** Cooldowns kept of one bucket; the oldest go first. */
const maxSpans = 200;
/** ms. A bucket at its limit is available for moments in between: cooldowns this close together count as one. */
const joinMs = 2_000;
/** ms between a change and its record, so that many changes are recorded together. */
const recordDelayMs = 1_000;

const none: CooldownRecord = { v: 2, spans: [] };

/** A bucket's cooldowns, updated by its current availability; the same object if nothing changed. */
export function withCooldown(
	known: CooldownRecord | undefined,
	availability: Availability,
	now: EpochMs,
): CooldownRecord | undefined {
	const last = known?.spans.at(-1);
	switch (availability.state) {
		case 'halfOpen':
			// It belongs to the cooldown before it.
			return known;
		case 'coolingDown':
		case 'unsupported': {
			const { reason, until } = availability;
			const goesOn = last && last.reason === reason && last.until >= now - joinMs;
			if (goesOn && last.until === until) return known;
			const span: CooldownSpan = { reason, from: goesOn ? last.from : now, until };
			return kept([...cut(known, goesOn ? last.from : now), span], now);
		}
		case 'usable':
		case 'quarantined':
		case 'disabled':
			return last && last.until > now ? kept(cut(known, now), now) : known;
	}
}

/** Records the buckets' cooldowns until it is disposed. Runs in one window. */
export function startCooldownLog(
	pool: { recordCooldowns(): Promise<void>; onEvent(listener: (event: PoolEvent) => void): Dispose },
	clock: Pick<Clock, 'after'>,
	failed: (error: unknown) => void,
): Dispose {
	const { soon, dispose } = settledChanges(pool, clock, recordDelayMs, () => void pool.recordCooldowns().catch(failed));
	soon();
	return dispose;
}

/** Records the cooldowns of all buckets in one step; writes nothing if nothing changed. */
export function recordCooldowns(
	store: Pick<StateStore, 'replica' | 'now' | 'transact'>,
	{ keys }: Snapshot,
): Promise<void> {
	const { cooldown: known } = store.replica();
	const availabilities = new Map<BucketId, Availability>();
	for (const { project, models } of keys)
		for (const { model, availability } of models) {
			availabilities.set(bucketId(project.id, model), isOfModel(availability) ? { state: 'usable' } : availability);
		}
	const now = store.now();
	const fresh = [...availabilities].filter(
		([id, availability]) => withCooldown(known.get(id), availability, now) !== known.get(id),
	);
	if (fresh.length === 0) return Promise.resolve();
	return store.transact((tx, at) => {
		for (const [id, availability] of fresh)
			tx.put({ kind: 'cooldown', id, doc: withCooldown(tx.cooldown(id), availability, at) ?? none });
	});
}

/** Without what a clock that was set back has left in the future: a bucket that still cools down is recorded anew. */
export function cooldownAfterRollback(record: CooldownRecord, now: EpochMs): CooldownRecord {
	return record.spans.some(({ from }) => from > now + skewMs) ? { v: 2, spans: cut(record, now) } : record;
}

/** Merges the cooldowns of two sides that each wrote on their own. */
export function mergeCooldowns(ours: CooldownRecord, theirs: CooldownRecord): CooldownRecord {
	const spans: CooldownSpan[] = [];
	for (const span of [...ours.spans, ...theirs.spans].sort((a, b) => a.from - b.from)) {
		const last = spans.at(-1);
		if (!last || last.until < span.from - joinMs) spans.push(span);
		else if (last.reason === span.reason)
			spans[spans.length - 1] = { ...last, until: Math.max(last.until, span.until) };
		else if (span.until > last.until) spans.push({ ...span, from: Math.max(span.from, last.until) });
	}
	return { v: 2, spans: spans.slice(-maxSpans) };
}

/** The cooldowns that began before `at`, cut off at `at`. */
function cut(known: CooldownRecord | undefined, at: EpochMs): readonly CooldownSpan[] {
	return (known?.spans ?? []).flatMap((span) =>
		span.from >= at ? [] : [span.until > at ? { ...span, until: at } : span],
	);
}

function kept(spans: readonly CooldownSpan[], now: EpochMs): CooldownRecord {
	return { v: 2, spans: spans.filter(({ until }) => until > now - keptMs).slice(-maxSpans) };
}
