import type { Bucket, BucketState, KeyRecord, ModelRecord, PoolRecord, EpochMs, Write } from '../types/stateStore';
import { bucketAt, cooldownEnd, leaseOf, sentToday } from '../quota/bucket';
import { added, growth, heldLonger, sumOf } from '../quota/growth';
import { correct, countInMinute } from '../quota/minuteCounter';
import { mergeClientCounts } from '../usage/clientCounts';
import { mergeDailyCost, mergeSpending } from '../budget/mergeSpending';
import { mergeCooldowns } from '../usage/cooldownLog';
import { mergeRevoked } from '../health/revokedTier';
import { mergedHours } from '../usage/count';

/**
 * Merges a document that was changed here while the store was out of reach, and there by others; `base` is their common
 * origin. What was spent on either side counts, and the more cautious state wins. All three are of one kind.
 */
export function reconcile(ours: Write, theirs: Write, base: Write | undefined, now: EpochMs): Write {
	switch (ours.kind) {
		case 'bucket':
			if (theirs.kind !== 'bucket') return theirs;
			return { ...theirs, doc: bucket(ours.doc, theirs.doc, base?.kind === 'bucket' ? base.doc : undefined, now) };
		case 'key':
			if (theirs.kind !== 'key') return theirs;
			return { ...theirs, doc: key(ours.doc, theirs.doc, base?.kind === 'key' ? base.doc : undefined) };
		case 'model':
			return theirs.kind === 'model' ? { ...theirs, doc: model(ours.doc, theirs.doc) } : theirs;
		case 'pool':
			if (theirs.kind !== 'pool') return theirs;
			return { ...theirs, doc: pool(ours.doc, theirs.doc, base?.kind === 'pool' ? base.doc : undefined) };
		case 'usage':
			if (theirs.kind !== 'usage') return theirs;
			return { ...theirs, doc: mergedHours(ours.doc, theirs.doc, base?.kind === 'usage' ? base.doc : undefined) };
		case 'cooldown':
			return theirs.kind === 'cooldown' ? { ...theirs, doc: mergeCooldowns(ours.doc, theirs.doc) } : theirs;
		case 'client': {
			if (theirs.kind !== 'client') return theirs;
			const from = base?.kind === 'client' ? base.doc : undefined;
			return { ...theirs, doc: mergeClientCounts(ours.doc, theirs.doc, from) };
		}
		case 'spending':
			if (theirs.kind !== 'spending') return theirs;
			return {
				...theirs,
				doc: mergeSpending(ours.doc, theirs.doc, base?.kind === 'spending' ? base.doc : undefined, now),
			};
		case 'dailyCost':
			if (theirs.kind !== 'dailyCost') return theirs;
			return {
				...theirs,
				doc: mergeDailyCost(ours.doc, theirs.doc, base?.kind === 'dailyCost' ? base.doc : undefined),
			};
		case 'requestRecord':
		case 'windowQueue':
		case 'leader':
		case 'outbox':
			return theirs;
	}
}

function bucket(ours: Bucket, theirs: Bucket, from: Bucket | undefined, now: EpochMs): Bucket {
	const mine = bucketAt(ours, now);
	const other = bucketAt(theirs, now);
	const base = from && bucketAt(from, now);
	const known = new Set(base?.leases.map(({ id }) => id));
	// Also those that would have run out since.
	const ended = (from?.leases ?? []).filter(({ id }) => !leaseOf(ours, id));
	const givenBack = sumOf(ended, ({ requests: held = 1 }) => held);
	return {
		...other,
		status: isLater(mine.status, other.status) ? mine.status : other.status,
		limits: { ...mine.limits, ...other.limits },
		minute: grownMinute(mine.minute, other.minute, base?.minute ?? [], now),
		day: {
			...other.day,
			requests: added(other.day.requests, mine.day.requests, base?.day.requests, givenBack),
			input: added(
				other.day.input,
				mine.day.input,
				base?.day.input,
				sumOf(ended, (lease) => lease.input),
			),
			sent: added(sentToday(other), sentToday(mine), base && sentToday(base), givenBack),
		},
		leases: [
			...other.leases
				.filter(({ id }) => !known.has(id) || leaseOf(mine, id))
				.map((lease) => heldLonger(lease, leaseOf(mine, lease.id))),
			...mine.leases.filter(({ id }) => !known.has(id) && !leaseOf(other, id)),
		],
	};
}

/** What was sent since, and what was given back, counts when it was sent. */
function grownMinute(
	mine: Bucket['minute'],
	other: Bucket['minute'],
	base: Bucket['minute'],
	now: EpochMs,
): Bucket['minute'] {
	const before = new Map(base.map((counter) => [counter[0], counter]));
	return mine.reduce((minute, [first, last, requests, input]) => {
		const [, , requestsBefore = 0, inputBefore = 0] = before.get(first) ?? [];
		const [more, moreInput] = [requests - requestsBefore, input - inputBefore];
		if (more === 0 && moreInput === 0) return minute;
		if (more > 0) return countInMinute(minute, Math.min(last, now), more, Math.max(0, moreInput), now);
		return correct(minute, first, more, moreInput);
	}, other);
}

function isLater(a: BucketState, b: BucketState): boolean {
	return cooldownEnd(a) > cooldownEnd(b);
}

function key(ours: KeyRecord, theirs: KeyRecord, base: KeyRecord | undefined): KeyRecord {
	const changed = base === undefined ? ours.status.state === 'quarantined' : isOther(ours, base);
	return {
		...theirs,
		status: changed && !(isOther(theirs, base) && theirs.status.state === 'quarantined') ? ours.status : theirs.status,
		score: Math.min(ours.score, theirs.score),
		lastUsed: Math.max(ours.lastUsed, theirs.lastUsed),
		success: theirs.success + growth(ours.success, base?.success),
		fail: theirs.fail + growth(ours.fail, base?.fail),
		tokens: {
			input: theirs.tokens.input + growth(ours.tokens.input, base?.tokens.input),
			output: theirs.tokens.output + growth(ours.tokens.output, base?.tokens.output),
		},
		...deniedModels(ours, theirs),
	};
}

/** The later end for each model. */
function deniedModels(ours: KeyRecord, theirs: KeyRecord): Pick<KeyRecord, 'deniedModels'> {
	const until = new Map<string, EpochMs>();
	for (const one of [...(ours.deniedModels ?? []), ...(theirs.deniedModels ?? [])]) {
		until.set(one.model, Math.max(one.until, until.get(one.model) ?? 0));
	}
	return until.size === 0 ? {} : { deniedModels: [...until].map(([model, end]) => ({ model, until: end })) };
}

function isOther(a: KeyRecord, b: KeyRecord | undefined): boolean {
	return JSON.stringify(a.status) !== JSON.stringify(b?.status);
}

function model(ours: ModelRecord, theirs: ModelRecord): ModelRecord {
	const missingUntil = Math.max(ours.missingUntil ?? 0, theirs.missingUntil ?? 0);
	const askedAt = Math.max(ours.askedAt ?? 0, theirs.askedAt ?? 0);
	const resolvesTo = theirs.resolvesTo ?? ours.resolvesTo;
	return {
		...(ours.overloadedUntil > theirs.overloadedUntil ? ours : theirs),
		...(ours.samples > theirs.samples ? pick(ours) : pick(theirs)),
		...(missingUntil > 0 ? { missingUntil } : {}),
		...(askedAt > 0 ? { askedAt } : {}),
		...(resolvesTo ? { resolvesTo } : {}),
	};
}

function pick({ tokensPerByte, samples }: ModelRecord): Pick<ModelRecord, 'tokensPerByte' | 'samples'> {
	return { tokensPerByte, samples };
}

/** Pause and throttle come from the side that changed them; an erasure of either side holds, so that every window follows it. */
function pool(ours: PoolRecord, theirs: PoolRecord, base: PoolRecord | undefined): PoolRecord {
	const forgottenAt = Math.max(ours.forgottenAt ?? 0, theirs.forgottenAt ?? 0);
	const isSame = (of: 'paused' | 'throttled'): boolean => base !== undefined && base[of]?.since === ours[of]?.since;
	const { revoked: _, throttled: __, ...record } = isSame('paused') ? theirs : ours;
	const { throttled } = isSame('throttled') ? theirs : ours;
	return {
		...record,
		...(throttled ? { throttled } : {}),
		...(forgottenAt > 0 ? { forgottenAt } : {}),
		...mergeRevoked(ours, theirs, base),
	};
}
