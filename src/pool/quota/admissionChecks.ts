import type { Dimension, Limits } from '../types/key';
import type { Bucket, KeyRecord, EpochMs, Lease } from '../types/stateStore';
import type { Reason } from '../types/failure';
import { firstChunkDueAt, expectedFirstChunkMs } from './bucket';
import { limitOf, ourRpm } from './limits';
import { fallsTo, minuteUse } from './minuteCounter';
import { limitingDimension } from './limitLearning';

/** How much a call asks for. */
export interface TokenEstimate {
	/** Input tokens: what is likely, and what it is at most. */
	readonly likely: number;
	readonly atMost: number;
	/** The user's own limits. */
	readonly userLimits: Limits | undefined;
}

export interface Rejected {
	readonly reason: Reason;
	/** ms since 1970: when asking again may help; infinite where waiting never does. */
	readonly retryAt: EpochMs;
	/** A call under way decides: it may be over at any moment, and `retryAt` is only the latest. */
	readonly mayRetryEarlier?: true;
	/** The limit that the call alone exceeds. */
	readonly limit?: number;
}

/** From this share of a token limit on, the cautious estimate counts. */
const nearLimit = 0.8;

/** What rest, closure or a running probe say. */
export function rejectedByState({ status, leases }: Bucket, now: EpochMs): Rejected | undefined {
	switch (status.state) {
		case 'available':
			return undefined;
		case 'unsupported':
			return { reason: status.reason, retryAt: status.until };
		case 'coolingDown':
			return status.until > now ? { reason: status.reason, retryAt: status.until } : undefined;
		case 'halfOpen': {
			const probe = leases.find((lease) => lease.id === status.lease);
			if (!probe) return undefined;
			const retryAt = Math.min(firstChunkDueAt(probe, now), status.wholeAt ?? Infinity);
			return { reason: status.reason, retryAt, mayRetryEarlier: true };
		}
	}
}

/** The limit whose rest a probe may cut short: our own count says nothing of it then. */
export function probedLimit({ status, day }: Bucket, now: EpochMs): Dimension | undefined {
	if (status.state !== 'coolingDown' && status.state !== 'halfOpen') return undefined;
	const isEarly = status.reason === 'rpd' ? day.endsAt > now : (status.wholeAt ?? 0) > now;
	return isEarly ? limitingDimension(status.reason) : undefined;
}

/** The first window that a call of this size does not fit into, apart from one that it would probe. */
export function rejectedByWindow(
	bucket: Bucket,
	{ likely, atMost, userLimits }: TokenEstimate,
	now: EpochMs,
): Rejected | undefined {
	const { minute, day } = bucket;
	const probed = probedLimit(bucket, now);
	const rpd = probed === 'rpd' ? undefined : limitOf(bucket, userLimits, 'rpd');
	if (rpd !== undefined && day.requests >= rpd) return { reason: 'rpd', retryAt: day.endsAt };
	const tpd = limitOf(bucket, userLimits, 'tpd');
	if (tpd !== undefined && day.input + likely > tpd) return { reason: 'tpd', retryAt: day.endsAt };
	const rpm = probed === 'rpm' ? undefined : ourRpm(bucket, userLimits, now);
	const tpm = limitOf(bucket, userLimits, 'tpm');
	if (rpm === undefined && tpm === undefined) return undefined;
	const used = minuteUse(minute, now);
	if (rpm !== undefined && used.requests >= rpm) {
		return { reason: 'rpm', retryAt: later(fallsTo(minute, rpm - 1, Infinity, now), now) };
	}
	if (tpm === undefined) return undefined;
	if (likely > tpm) return { reason: 'tooLargeForTier', retryAt: Infinity, limit: tpm };
	if (probed === 'tpm') return undefined;
	const counted = reservedTokens(bucket, { likely, atMost, userLimits }, used.input);
	if (used.input > 0 && used.input + counted > tpm) {
		return { reason: 'tpm', retryAt: later(fallsTo(minute, Infinity, tpm - counted, now), now) };
	}
	return undefined;
}

/** Input tokens that a call counts until the service says how many they were; the cautious estimate near the limit. */
export function reservedTokens(bucket: Bucket, { likely, atMost, userLimits }: TokenEstimate, used: number): number {
	const tpm = limitOf(bucket, userLimits, 'tpm');
	return tpm !== undefined && used + likely > tpm * nearLimit ? Math.max(likely, Math.min(atMost, tpm)) : likely;
}

/** A limit of 0 never frees by waiting for sends to leave. */
function later(retryAt: EpochMs, now: EpochMs): EpochMs {
	return retryAt > now ? retryAt : Infinity;
}

/** Until when this key may not use this model; 0 where it may. */
export function deniedUntil({ deniedModels = [] }: KeyRecord, model: string, now: EpochMs): EpochMs {
	const until = deniedModels.find((one) => one.model === model)?.until ?? 0;
	return until > now ? until : 0;
}

/**
 * Slow start, as in TCP: a bucket whose requests a minute are not known takes no herd, because each call that is under way
 * when the limit is met is a refusal. What a minute is known to bear goes at once; beyond it a few at a time go ahead, and
 * the first sign of life of one lets the next one go.
 */
export function rejectedBySlowStart(
	bucket: Bucket,
	userLimits: Limits | undefined,
	now: EpochMs,
): Rejected | undefined {
	if (bucket.leases.length < minUnconfirmed || limitOf(bucket, userLimits, 'rpm') !== undefined) return undefined;
	const { sustainedRpm = 0, leases, minute } = bucket;
	const most = minUnconfirmed + Math.floor(sustainedRpm * unconfirmedShare);
	const ahead = leases.filter((lease) => isUnconfirmed(lease, now));
	const oldest = ahead[0];
	if (!oldest || ahead.length < most || minuteUse(minute, now).requests < sustainedRpm + most) return undefined;
	return { reason: 'unknownLimit', retryAt: oldest.sentAt + expectedFirstChunkMs, mayRetryEarlier: true };
}

/** As many as a batch is wide by default. */
const minUnconfirmed = 3;
/** And so many more of what a minute has borne: what is under way doubles in about half a minute. */
const unconfirmedShare = 1 / 16;

/** Refusals come at once: a call that is late has been let in, or nobody waits for its answer any more. */
export function isUnconfirmed({ hasFirstChunk, sentAt }: Lease, now: EpochMs): boolean {
	return hasFirstChunk !== true && now - sentAt < expectedFirstChunkMs;
}
