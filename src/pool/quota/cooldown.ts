import type { Dimension, Limits } from '../types/key';
import type { Bucket, BucketState, EpochMs } from '../types/stateStore';
import { dimensionOf, type Reason, type FailureAction } from '../types/failure';
import { at, endOf, forgetMs } from './bucket';
import { taught } from './limitLearning';
import { leavesAt, minuteMs, minuteUse, sentToLeaveAt } from './minute';
import { countInMinute } from './minuteCounter';
import { observeExternalUsage, externalShare } from './externalUsage';

/** ms. A 429 without details: this, doubled at each repeat up to the longest (docs/FACTS.md 4). */
export const capacityMs = 60_000;
const capacityLongestMs = 10 * 60_000;
/** ms. No minute's quota rests longer, whatever was stated; none rests shorter, so that nothing spins. */
const minuteLongestMs = 60 * 60_000;
const shortestMs = 1_000;

type RestVerdict = Extract<FailureAction, { type: 'coolDown' }>;
type CloseVerdict = Extract<FailureAction, { type: 'markUnsupported' }>;

/**
 * Sends the bucket to rest as a 429 says, and learns from it: the stated limit, and that it is used up.
 *
 * @param asked input tokens of the call that was refused, at most; a limit on tokens lacked no more than these
 * @param own the user's own limits
 */
export function rest(given: Bucket, verdict: RestVerdict, now: EpochMs, asked = 0, own?: Limits): Bucket {
	const bucket = at(given, now);
	const dimension = dimensionOf(verdict.reason);
	const state = laterOf(bucket.status, restOf(bucket, verdict, nextRepeats(bucket, now), now));
	const { limit } = verdict;
	if (!dimension || limit === undefined || !Number.isFinite(limit) || limit <= 0) return { ...bucket, status: state };
	const learnt: Bucket = { ...bucket, status: state, limits: taught(bucket, dimension, limit, now, own?.[dimension]) };
	const refusedBefore = isShut(bucket, now) ? undefined : bucket.limits[dimension]?.at;
	return usedUp(learnt, dimension, { limit, asked, until: endOf(state), refusedBefore }, now);
}

type Resting = Extract<BucketState, { state: 'coolingDown' }>;

/** Of two rests the one that ends later. Of a quota that is whole at a known time the newer one states the nearest probe. */
function laterOf(before: BucketState, next: Resting): BucketState {
	if (before.state !== 'coolingDown' && before.state !== 'unsupported') return next;
	const later = endOf(before) < endOf(next) ? next : before;
	const isSame = before.state === 'coolingDown' && before.reason === next.reason;
	if (!isSame || later === next || before.wholeAt === undefined || next.wholeAt === undefined) return later;
	return { ...before, until: next.until };
}

/** This tier has no such model. */
export function close(given: Bucket, verdict: CloseVerdict, now: EpochMs): Bucket {
	return { ...at(given, now), status: { state: 'unsupported', reason: verdict.reason, until: now + verdict.forMs } };
}

/** Characters of what the service said that are kept. */
const longestSaid = 500;

/** Keeps what the service said with the rest that it began: a refusal for quota quotes nothing of a prompt. */
export function saying(bucket: Bucket, reason: Reason, serviceMessage: string): Bucket {
	const { status: state } = bucket;
	if (
		serviceMessage === '' ||
		(state.state !== 'coolingDown' && state.state !== 'unsupported') ||
		state.reason !== reason
	)
		return bucket;
	return { ...bucket, status: { ...state, serviceMessage: serviceMessage.slice(0, longestSaid) } };
}

/** A person says that it may work again: what was counted is forgotten, what was learnt of limits stays. */
export function clearRest(given: Bucket, now: EpochMs): Bucket {
	const bucket = at(given, now);
	const { day } = bucket;
	return {
		...bucket,
		status: { state: 'available' },
		minute: [],
		day: { ...day, requests: 0, input: 0 },
	};
}

/** An alias turned out to be another bucket's model: what was counted under the alias counts there. */
export function merged(given: Bucket, alias: Bucket, now: EpochMs): Bucket {
	const bucket = at(given, now);
	const other = at(alias, now);
	const minute = other.minute.reduce(
		(all, [, last, requests, input]) => countInMinute(all, last, requests, input, now),
		bucket.minute,
	);
	return {
		...bucket,
		status: bucket.status.state === 'available' && isShut(other, now) ? other.status : bucket.status,
		limits: { ...other.limits, ...bucket.limits },
		...(alias.externalUsage && !bucket.externalUsage ? { externalUsage: alias.externalUsage } : {}),
		...(alias.sustainedRpm === undefined
			? {}
			: { sustainedRpm: Math.max(alias.sustainedRpm, bucket.sustainedRpm ?? 0) }),
		minute,
		day: {
			...bucket.day,
			requests: bucket.day.requests + other.day.requests,
			input: bucket.day.input + other.day.input,
		},
	};
}

function isShut({ status: state }: Bucket, now: EpochMs): boolean {
	return endOf(state) > now;
}

function nextRepeats({ status: state }: Bucket, now: EpochMs): number {
	if (state.state === 'halfOpen') return state.backoffLevel + 1;
	if (state.state !== 'coolingDown') return 0;
	if (state.until > now) return state.backoffLevel;
	return now - state.until < forgetMs ? state.backoffLevel + 1 : 0;
}

/**
 * A minute's quota is whole again when the oldest send that it counts is a minute old. What the service states is the way to
 * its next minute, and earns one probe, as does what it states for a day, whose quota begins anew at midnight.
 */
function restOf(bucket: Bucket, { reason, delayMs }: RestVerdict, backoffLevel: number, now: EpochMs): Resting {
	const { day, minute } = bucket;
	const stated = delayMs === undefined || !(delayMs >= 0) ? undefined : Math.max(delayMs, shortestMs);
	const resting = (until: EpochMs): Resting => ({ state: 'coolingDown', reason, since: now, until, backoffLevel });
	switch (reason) {
		case 'rpd':
			return resting(Math.min(now + (stated ?? Infinity), day.endsAt));
		case 'capacity': {
			const doubled = Math.min(capacityMs * 2 ** Math.min(backoffLevel, 10), capacityLongestMs);
			return resting(stated === undefined ? now + doubled : Math.min(now + stated, day.endsAt));
		}
		case 'rpm':
		case 'tpm': {
			const oldest = minute.find((one) => one[2] > 0 && leavesAt(one) > now);
			if (!oldest) return resting(now + Math.min(stated ?? minuteMs, minuteLongestMs));
			const wholeAt = Math.max(leavesAt(oldest), now + shortestMs);
			return { ...resting(Math.min(now + (stated ?? Infinity), wholeAt)), wholeAt };
		}
	}
}

/** What a 429 tells beside its rest. */
interface Refusal {
	readonly limit: number;
	readonly asked: number;
	readonly until: EpochMs;
	/** When the limit was refused before, unless the bucket still rested for that. */
	readonly refusedBefore: EpochMs | undefined;
}

/**
 * The service says the limit is reached. Where our own count is below it, somebody else uses the project: raise the count
 * by what we did not send, and let it leave when the rest ends. Where the service refused within the minute before, too, it
 * frees its quota bit by bit, and the end of a rest frees a bit only: the count stays for its minute.
 */
function usedUp(bucket: Bucket, dimension: Dimension, refusal: Refusal, now: EpochMs): Bucket {
	const { limit, asked } = refusal;
	const used = minuteUse(bucket.minute, now);
	switch (dimension) {
		case 'rpm':
			return withStranger(bucket, limit - used.requests, refusal, now);
		case 'tpm':
			return withForeign(bucket, 0, limit - asked - used.input, refusal, now);
		case 'rpd': {
			const requests = Math.max(bucket.day.requests, limit);
			return { ...bucket, day: { ...bucket.day, requests } };
		}
		case 'tpd':
			return bucket;
	}
}

/** Where he is known to come again, the minute holds what goes beyond his share. */
function withStranger(bucket: Bucket, foreign: number, refusal: Refusal, now: EpochMs): Bucket {
	if (foreign <= 0) return bucket;
	const met = observeExternalUsage(bucket, foreign, refusal.refusedBefore, now);
	return withForeign(met, foreign - externalShare(met, now), 0, refusal, now);
}

/** What somebody else sent within the minute, where it is anything. */
function withForeign(
	bucket: Bucket,
	requests: number,
	input: number,
	{ until, refusedBefore }: Refusal,
	now: EpochMs,
): Bucket {
	if (requests <= 0 && input <= 0) return bucket;
	const isBitByBit = refusedBefore !== undefined && now - refusedBefore < minuteMs;
	const sentAt = isBitByBit ? now : Math.min(sentToLeaveAt(until), now);
	return { ...bucket, minute: countInMinute(bucket.minute, sentAt, requests, input, now) };
}
