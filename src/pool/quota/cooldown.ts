import type { Dimension, Limits } from '../types/key';
import type { Bucket, BucketState, EpochMs } from '../types/stateStore';
import { dimensionOf, type Reason, type FailureAction } from '../types/failure';
import { bucketAt, cooldownEnd, backoffMemoryMs } from './bucket';
import { learnStatedLimit } from './limitLearning';
import { leavesAt, minuteMs, minuteUse, sentToLeaveAt, countInMinute } from './minuteCounter';
import { observeExternalUsage, externalShare } from './limits';

/** ms. A 429 without details: this, doubled at each repeat up to the longest (docs/FACTS.md 4). */
export const capacityMs = 60_000;
const maxCapacityMs = 10 * 60_000;
/** ms. No minute's quota rests longer, whatever was stated; none rests shorter, so that nothing spins. */
const maxMinuteMs = 60 * 60_000;
const minCooldownMs = 1_000;

type CoolDownAction = Extract<FailureAction, { type: 'coolDown' }>;
type MarkUnsupportedAction = Extract<FailureAction, { type: 'markUnsupported' }>;

/**
 * Sends the bucket to rest as a 429 says, and learns from it: the stated limit, and that it is used up.
 *
 * @param asked input tokens of the call that was refused, at most; a limit on tokens lacked no more than these
 * @param userLimits the user's own limits
 */
export function coolDown(given: Bucket, action: CoolDownAction, now: EpochMs, asked = 0, userLimits?: Limits): Bucket {
	const bucket = bucketAt(given, now);
	const dimension = dimensionOf(action.reason);
	const status = laterOf(bucket.status, cooldownFor(bucket, action, nextBackoffLevel(bucket, now), now));
	const { limit } = action;
	if (!dimension || limit === undefined || !Number.isFinite(limit) || limit <= 0) return { ...bucket, status };
	const known: Bucket = {
		...bucket,
		status,
		limits: learnStatedLimit(bucket, dimension, limit, now, userLimits?.[dimension]),
	};
	const refusedBefore = isBlocked(bucket, now) ? undefined : bucket.limits[dimension]?.at;
	return countAsUsedUp(known, dimension, { limit, asked, until: cooldownEnd(status), refusedBefore }, now);
}

type CoolingDown = Extract<BucketState, { state: 'coolingDown' }>;

/** Of two rests the one that ends later. Of a quota that is whole at a known time the newer one states the nearest probe. */
function laterOf(before: BucketState, next: CoolingDown): BucketState {
	if (before.state !== 'coolingDown' && before.state !== 'unsupported') return next;
	const later = cooldownEnd(before) < cooldownEnd(next) ? next : before;
	const isSame = before.state === 'coolingDown' && before.reason === next.reason;
	if (!isSame || later === next || before.wholeAt === undefined || next.wholeAt === undefined) return later;
	return { ...before, until: next.until };
}

/** This tier has no such model. */
export function markUnsupported(given: Bucket, action: MarkUnsupportedAction, now: EpochMs): Bucket {
	return {
		...bucketAt(given, now),
		status: { state: 'unsupported', reason: action.reason, until: now + action.forMs },
	};
}

/** Characters of what the service said that are kept. */
const maxServiceMessage = 500;

/** Keeps what the service said with the rest that it began: a refusal for quota quotes nothing of a prompt. */
export function withServiceMessage(bucket: Bucket, reason: Reason, serviceMessage: string): Bucket {
	const { status } = bucket;
	if (
		serviceMessage === '' ||
		(status.state !== 'coolingDown' && status.state !== 'unsupported') ||
		status.reason !== reason
	)
		return bucket;
	return { ...bucket, status: { ...status, serviceMessage: serviceMessage.slice(0, maxServiceMessage) } };
}

/** A person says that it may work again: what was counted is forgotten, what was learnt of limits stays. */
export function clearCooldown(given: Bucket, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const { day } = bucket;
	return {
		...bucket,
		status: { state: 'available' },
		minute: [],
		day: { ...day, requests: 0, input: 0 },
	};
}

/** An alias turned out to be another bucket's model: what was counted under the alias counts there. */
export function mergeBuckets(given: Bucket, alias: Bucket, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const other = bucketAt(alias, now);
	const minute = other.minute.reduce(
		(all, [, last, requests, input]) => countInMinute(all, last, requests, input, now),
		bucket.minute,
	);
	return {
		...bucket,
		status: bucket.status.state === 'available' && isBlocked(other, now) ? other.status : bucket.status,
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

function isBlocked({ status }: Bucket, now: EpochMs): boolean {
	return cooldownEnd(status) > now;
}

function nextBackoffLevel({ status }: Bucket, now: EpochMs): number {
	if (status.state === 'halfOpen') return status.backoffLevel + 1;
	if (status.state !== 'coolingDown') return 0;
	if (status.until > now) return status.backoffLevel;
	return now - status.until < backoffMemoryMs ? status.backoffLevel + 1 : 0;
}

/**
 * A minute's quota is whole again when the oldest send that it counts is a minute old. What the service states is the way to
 * its next minute, and earns one probe, as does what it states for a day, whose quota begins anew at midnight.
 */
function cooldownFor(
	bucket: Bucket,
	{ reason, delayMs }: CoolDownAction,
	backoffLevel: number,
	now: EpochMs,
): CoolingDown {
	const { day, minute } = bucket;
	const stated = delayMs === undefined || !(delayMs >= 0) ? undefined : Math.max(delayMs, minCooldownMs);
	const resting = (until: EpochMs): CoolingDown => ({ state: 'coolingDown', reason, since: now, until, backoffLevel });
	switch (reason) {
		case 'rpd':
			return resting(Math.min(now + (stated ?? Infinity), day.endsAt));
		case 'capacity': {
			const doubled = Math.min(capacityMs * 2 ** Math.min(backoffLevel, 10), maxCapacityMs);
			return resting(stated === undefined ? now + doubled : Math.min(now + stated, day.endsAt));
		}
		case 'rpm':
		case 'tpm': {
			const oldest = minute.find((one) => one[2] > 0 && leavesAt(one) > now);
			if (!oldest) return resting(now + Math.min(stated ?? minuteMs, maxMinuteMs));
			const wholeAt = Math.max(leavesAt(oldest), now + minCooldownMs);
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
function countAsUsedUp(bucket: Bucket, dimension: Dimension, refusal: Refusal, now: EpochMs): Bucket {
	const { limit, asked } = refusal;
	const used = minuteUse(bucket.minute, now);
	switch (dimension) {
		case 'rpm':
			return countExternalRequests(bucket, limit - used.requests, refusal, now);
		case 'tpm':
			return countExternal(bucket, 0, limit - asked - used.input, refusal, now);
		case 'rpd': {
			const requests = Math.max(bucket.day.requests, limit);
			return { ...bucket, day: { ...bucket.day, requests } };
		}
		case 'tpd':
			return bucket;
	}
}

/** Where he is known to come again, the minute holds what goes beyond his share. */
function countExternalRequests(bucket: Bucket, external: number, refusal: Refusal, now: EpochMs): Bucket {
	if (external <= 0) return bucket;
	const met = observeExternalUsage(bucket, external, refusal.refusedBefore, now);
	return countExternal(met, external - externalShare(met, now), 0, refusal, now);
}

/** What somebody else sent within the minute, where it is anything. */
function countExternal(
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
