import { partsOf, type Key } from '../types/key';
import type { Bucket, Docs, KeyRecord, NamedRef, EpochMs } from '../types/stateStore';
import { dailyCostKeptMs } from '../budget/dailyCost';
import { projectOf } from '../budget/spending';
import { inUseUntil, resolveIn } from '../health/modelRecord';
import { endOfHour } from '../usage/count';

const hour = 3_600_000;
const day = 24 * hour;
/** ms. Documents unused for this long expire. More than a week, so that weekly use keeps its learnt limits. */
const unusedMs = 8 * day;
/** ms. Documents without a key expire sooner, but not at once, because another window may already know the key. */
const orphanedMs = day;
/** ms. What was spent this month counts to its end. */
const spendingKeptMs = 32 * day;
/** ms. After this long without a heartbeat, a window is gone. */
const goneMs = 60_000;
/** Of processes that have ended while a team's server was away, one after the other. One that lives goes on adding to its own. */
const maxOutboxes = 200;

/** Documents that have expired. The records of `keys`, which the user still has, never expire. */
export function expiredDocuments(docs: Docs, keys: readonly Key[], now: EpochMs): readonly NamedRef[] {
	const known = keys.length > 0;
	const projects = new Set<string>(keys.map(({ project }) => project));
	const ids = new Set(keys.map(({ id }) => id));
	const refs: NamedRef[] = [];
	const models = new Set<string>();
	for (const [id, bucket] of docs.bucket) {
		const [project, model] = partsOf(id);
		const kept = known && !projects.has(project) ? orphanedMs : unusedMs;
		if (touched(bucket) < now - kept) refs.push({ kind: 'bucket', id });
		else models.add(model);
	}
	for (const [id, record] of docs.key) {
		if (known && !ids.has(id) && lastOf(record) < now - orphanedMs) refs.push({ kind: 'key', id });
	}
	for (const [id, record] of docs.model) {
		const { overloadedUntil, missingUntil = 0 } = record;
		const isAsked = inUseUntil(record) > now;
		const inUse = models.has(resolveIn(docs.model, id)) || overloadedUntil > now || missingUntil > now || isAsked;
		if (!inUse) refs.push({ kind: 'model', id });
	}
	for (const [id, hour] of docs.usage) if (endOfHour(hour) <= now - day) refs.push({ kind: 'usage', id });
	for (const [id, { endedAt }] of docs.requestRecord)
		if (endedAt < now - unusedMs) refs.push({ kind: 'requestRecord', id });
	for (const [id, { heartbeatAt }] of docs.windowQueue)
		if (heartbeatAt < now - goneMs) refs.push({ kind: 'windowQueue', id });
	for (const [id, { expiresAt }] of docs.leader) if (expiresAt < now - goneMs) refs.push({ kind: 'leader', id });
	for (const [id, { spans }] of docs.cooldown)
		if ((spans.at(-1)?.until ?? 0) < now - day) refs.push({ kind: 'cooldown', id });
	for (const [id, { lastUsedAt }] of docs.client) if (lastUsedAt < now - unusedMs) refs.push({ kind: 'client', id });
	for (const [id, { day: counted, activity }] of docs.spending) {
		// A client that is held stays so until a person has looked.
		if (activity?.held) continue;
		const owner = projectOf(id);
		const isOrphaned = known && owner !== undefined && !projects.has(owner);
		const kept = isOrphaned ? orphanedMs : id === 'pool' ? Infinity : spendingKeptMs;
		if (counted.endsAt < now - kept) refs.push({ kind: 'spending', id });
	}
	for (const [id, { dayEndsAt }] of docs.dailyCost)
		if (dayEndsAt < now - dailyCostKeptMs) refs.push({ kind: 'dailyCost', id });
	const outboxes = [...docs.outbox].map(([id, { at, changedAt = at }]) => ({ id, changedAt }));
	for (const [index, { id, changedAt }] of outboxes.sort((a, b) => b.changedAt - a.changedAt).entries())
		if (changedAt < now - spendingKeptMs || index >= maxOutboxes) refs.push({ kind: 'outbox', id });
	return refs;
}

/** When a bucket was last used. */
function touched({ status, minute, day: counted, leases, limits }: Bucket): EpochMs {
	const ends = status.state === 'coolingDown' || status.state === 'unsupported' ? status.until : 0;
	return Math.max(
		ends,
		counted.requests > 0 ? counted.endsAt - day : 0,
		minute.at(-1)?.[1] ?? 0,
		...leases.map(({ expiresAt }) => expiresAt),
		...Object.values(limits).map(({ at }) => at),
	);
}

function lastOf({ lastUsed, status }: KeyRecord): EpochMs {
	return Math.max(lastUsed, status.state === 'unverified' ? 0 : status.since);
}
