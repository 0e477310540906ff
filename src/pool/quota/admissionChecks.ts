import type { Dimension, Limits } from '../types/key';
import type { Bucket, KeyRecord, Wall } from '../types/stateStore';
import type { Reason } from '../types/failure';
import { awaitedUntil } from './bucket';
import { limitOf } from './limits';
import { fallsTo, minuteUse } from './minute';
import { ourRpm } from './externalUsage';
import { dimensionInTheWay } from './limitLearning';

/** How much a call asks for. */
export interface Size {
	/** Input tokens: what is likely, and what it is at most. */
	readonly likely: number;
	readonly atMost: number;
	/** The user's own limits. */
	readonly own: Limits | undefined;
}

export interface Denied {
	readonly why: Reason;
	/** ms since 1970: when asking again may help; infinite where waiting never does. */
	readonly retryAt: Wall;
	/** A call under way decides: it may be over at any moment, and `retryAt` is only the latest. */
	readonly mayEndSooner?: true;
	/** The limit that the call alone exceeds. */
	readonly limit?: number;
}

/** From this share of a token limit on, the cautious estimate counts. */
const nearLimit = 0.8;

/** What rest, closure or a running probe say. */
export function deniedByState({ state, leases }: Bucket, now: Wall): Denied | undefined {
	switch (state.is) {
		case 'open':
			return undefined;
		case 'closed':
			return { why: state.why, retryAt: state.until };
		case 'resting':
			return state.until > now ? { why: state.why, retryAt: state.until } : undefined;
		case 'probing': {
			const probe = leases.find((lease) => lease.id === state.lease);
			if (!probe) return undefined;
			const retryAt = Math.min(awaitedUntil(probe, now), state.wholeAt ?? Infinity);
			return { why: state.why, retryAt, mayEndSooner: true };
		}
	}
}

/** The limit whose rest a probe may cut short: our own count says nothing of it then. */
export function probedLimit({ state, day }: Bucket, now: Wall): Dimension | undefined {
	if (state.is !== 'resting' && state.is !== 'probing') return undefined;
	const isEarly = state.why === 'rpd' ? day.endsAt > now : (state.wholeAt ?? 0) > now;
	return isEarly ? dimensionInTheWay(state.why) : undefined;
}

/** The first window that a call of this size does not fit into, apart from one that it would probe. */
export function deniedByWindow(bucket: Bucket, { likely, atMost, own }: Size, now: Wall): Denied | undefined {
	const { minute, day } = bucket;
	const probed = probedLimit(bucket, now);
	const rpd = probed === 'rpd' ? undefined : limitOf(bucket, own, 'rpd');
	if (rpd !== undefined && day.requests >= rpd) return { why: 'rpd', retryAt: day.endsAt };
	const tpd = limitOf(bucket, own, 'tpd');
	if (tpd !== undefined && day.input + likely > tpd) return { why: 'tpd', retryAt: day.endsAt };
	const rpm = probed === 'rpm' ? undefined : ourRpm(bucket, own, now);
	const tpm = limitOf(bucket, own, 'tpm');
	if (rpm === undefined && tpm === undefined) return undefined;
	const used = minuteUse(minute, now);
	if (rpm !== undefined && used.requests >= rpm) {
		return { why: 'rpm', retryAt: later(fallsTo(minute, rpm - 1, Infinity, now), now) };
	}
	if (tpm === undefined) return undefined;
	if (likely > tpm) return { why: 'tooLargeForTier', retryAt: Infinity, limit: tpm };
	if (probed === 'tpm') return undefined;
	const counted = reserved(bucket, { likely, atMost, own }, used.input);
	if (used.input > 0 && used.input + counted > tpm) {
		return { why: 'tpm', retryAt: later(fallsTo(minute, Infinity, tpm - counted, now), now) };
	}
	return undefined;
}

/** Input tokens that a call counts until the service says how many they were; the cautious estimate near the limit. */
export function reserved(bucket: Bucket, { likely, atMost, own }: Size, used: number): number {
	const tpm = limitOf(bucket, own, 'tpm');
	return tpm !== undefined && used + likely > tpm * nearLimit ? Math.max(likely, Math.min(atMost, tpm)) : likely;
}

/** A limit of 0 never frees by waiting for sends to leave. */
function later(retryAt: Wall, now: Wall): Wall {
	return retryAt > now ? retryAt : Infinity;
}

/** Until when this key may not use this model; 0 where it may. */
export function deniedUntil({ deniedModels = [] }: KeyRecord, model: string, now: Wall): Wall {
	const until = deniedModels.find((one) => one.model === model)?.until ?? 0;
	return until > now ? until : 0;
}
