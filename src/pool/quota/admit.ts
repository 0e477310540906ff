import type { Dimension, LeaseId, Limits } from '../key';
import type { Bucket, Lease, Wall } from '../ledger';
import type { Reason } from '../verdict';
import { at, awaitedUntil, leaseOf } from './bucket';
import { dimensionInTheWay, limitOf, mayTest } from './limits';
import { fallsTo, minuteUse, tally } from './minute';
import { borne, deniedBySlowStart } from './slowStart';
import { isHisShare, ourRpm } from './stranger';

/** What one call asks of a bucket. */
export interface Ask {
	readonly lease: LeaseId;
	readonly holder: string;
	/** Input tokens: what is likely, and what it is at most. */
	readonly likely: number;
	readonly atMost: number;
	/** ms after which the lease counts as spent. */
	readonly leaseMs: number;
	/** The user's own limits. */
	readonly own: Limits | undefined;
	/** Whether this call may test a limit that is in doubt. */
	readonly mayTest: boolean;
}

type Size = Pick<Ask, 'likely' | 'atMost' | 'own'>;

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

/** The one window rule: takes a lease and counts the send, or says why not and when to ask again. */
export function admit(given: Bucket, ask: Ask, now: Wall): { readonly lease: Lease; readonly next: Bucket } | Denied {
	const bucket = at(given, now);
	const denied =
		deniedByState(bucket, now) ?? deniedByWindow(bucket, ask, now) ?? deniedBySlowStart(bucket, ask.own, now);
	let tests: Dimension | undefined;
	if (denied) {
		const inTheWay = dimensionInTheWay(denied.why);
		const isHis = inTheWay === 'rpm' && isHisShare(bucket, ask.own, now);
		const untested = !ask.mayTest || isHis || deniedByState(bucket, now) !== undefined;
		if (!inTheWay || untested || !mayTest(bucket, ask.own, inTheWay, now)) return denied;
		tests = inTheWay;
	}
	const input = reserved(bucket, ask, minuteUse(bucket.minute, now).input);
	const lease: Lease = {
		id: ask.lease,
		holder: ask.holder,
		input,
		sentAt: now,
		expiresAt: now + ask.leaseMs,
		...(tests ? { tests } : {}),
	};
	const { state } = bucket;
	const next: Bucket = {
		...bucket,
		state:
			state.is === 'resting' || state.is === 'probing'
				? { is: 'probing', why: state.why, lease: ask.lease, repeats: state.repeats }
				: state,
		minute: tally(bucket.minute, now, 1, input, now),
		day: { ...bucket.day, requests: bucket.day.requests + 1, input: bucket.day.input + input },
		leases: [...bucket.leases, lease],
	};
	return { lease, next };
}

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
			return probe ? { why: state.why, retryAt: awaitedUntil(probe, now), mayEndSooner: true } : undefined;
		}
	}
}

/** The first window that a call of this size does not fit into. */
export function deniedByWindow(bucket: Bucket, { likely, atMost, own }: Size, now: Wall): Denied | undefined {
	const { minute, day } = bucket;
	const rpd = limitOf(bucket, own, 'rpd');
	if (rpd !== undefined && day.requests >= rpd) return { why: 'rpd', retryAt: day.endsAt };
	const tpd = limitOf(bucket, own, 'tpd');
	if (tpd !== undefined && day.input + likely > tpd) return { why: 'tpd', retryAt: day.endsAt };
	const rpm = ourRpm(bucket, own, now);
	const tpm = limitOf(bucket, own, 'tpm');
	if (rpm === undefined && tpm === undefined) return undefined;
	const used = minuteUse(minute, now);
	if (rpm !== undefined && used.requests >= rpm) {
		return { why: 'rpm', retryAt: later(fallsTo(minute, rpm - 1, Infinity, now), now) };
	}
	if (tpm === undefined) return undefined;
	if (likely > tpm) return { why: 'tooLargeForTier', retryAt: Infinity, limit: tpm };
	const counted = reserved(bucket, { likely, atMost, own }, used.input);
	if (used.input > 0 && used.input + counted > tpm) {
		return { why: 'tpm', retryAt: later(fallsTo(minute, Infinity, tpm - counted, now), now) };
	}
	return undefined;
}

/** Input tokens that a call counts until the service says how many they were; the cautious estimate near the limit. */
function reserved(bucket: Bucket, { likely, atMost, own }: Size, used: number): number {
	const tpm = limitOf(bucket, own, 'tpm');
	return tpm !== undefined && used + likely > tpm * nearLimit ? Math.max(likely, Math.min(atMost, tpm)) : likely;
}

/** A limit of 0 never frees by waiting for sends to leave. */
function later(retryAt: Wall, now: Wall): Wall {
	return retryAt > now ? retryAt : Infinity;
}

/** A call has shown its first sign of life: it lets those through that waited for it. */
export function proved(given: Bucket, id: LeaseId, now: Wall): Bucket {
	const bucket = borne(given, id, now);
	return bucket.state.is === 'probing' && bucket.state.lease === id && leaseOf(bucket, id)
		? { ...bucket, state: { is: 'open' } }
		: bucket;
}
