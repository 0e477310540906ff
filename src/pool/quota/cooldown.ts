import type { Dimension, Limits } from '../types/key';
import type { Bucket, BucketState, EpochMs } from '../types/stateStore';
import { dimensionOf, type Reason, type FailureAction } from '../types/failure';
import { bucketAt, cooldownEnd, backoffMemoryMs, sentToday } from './bucket';
import { learnStatedLimit } from './limitLearning';
import { fallsTo, leavesAt, minuteMs, minuteUse, sentToLeaveAt, countInMinute } from './minuteCounter';
import { observeExternalUsage, externalShare } from './limits';
import { pacificMidnightAfter } from './pacificDay';

/** ms. Cooldown of a 429 without details, doubled at each repeat up to the maximum (docs/FACTS.md 4). */
export const capacityMs = 60_000;
const maxCapacityMs = 10 * 60_000;
/** ms. Bounds of a cooldown for a minute's quota, whatever the service states. The minimum prevents busy loops. */
const maxMinuteMs = 60 * 60_000;
const minCooldownMs = 1_000;

/** ms. So long after midnight a refusal may be one of the day before: the service's clock may be behind, or its count. */
const youngDayMs = 90 * 60_000;
/** ms. Then one probe goes so much later; each further one when three times as much of the day has passed. */
const youngDayProbeMs = 10 * 60_000;
/** ms. Longer than a day, and shorter than two. */
const overADayMs = 25.5 * 60 * 60_000;

type CoolDownAction = Extract<FailureAction, { type: 'coolDown' }>;
type MarkUnsupportedAction = Extract<FailureAction, { type: 'markUnsupported' }>;

/**
 * Starts the cooldown that a 429 asks for, and learns from it: the stated limit, and that it is used up.
 *
 * @param asked the cautious estimate of the refused call's input tokens; the token limit lacked no more than these
 * @param userLimits the user's own limits
 * @param likely the likely estimate of the same tokens
 */
export function coolDown(
	given: Bucket,
	action: CoolDownAction,
	now: EpochMs,
	asked = 0,
	userLimits?: Limits,
	likely = 0,
): Bucket {
	const bucket = bucketAt(given, now);
	const dimension = dimensionOf(action.reason);
	const status = laterOf(bucket.status, cooldownFor(bucket, action, nextBackoffLevel(bucket, now), now));
	const { limit } = action;
	if (!dimension || limit === undefined || !Number.isFinite(limit) || limit <= 0) return { ...bucket, status };
	const limits = learnStatedLimit(bucket, dimension, limit, now, userLimits?.[dimension]);
	// More than a whole minute has says nothing of what is left of this one: smaller calls go on.
	if (dimension === 'tpm' && likely > limit) return { ...bucket, limits };
	const known: Bucket = { ...bucket, status, limits };
	const refusedBefore = isBlocked(bucket, now) ? undefined : bucket.limits[dimension]?.at;
	return countAsUsedUp(known, dimension, { limit, asked, until: cooldownEnd(status), refusedBefore }, now);
}

type CoolingDown = Extract<BucketState, { state: 'coolingDown' }>;

/** The cooldown that ends later. If it is known when the quota is full again, the next probe is the newer one's. */
function laterOf(before: BucketState, next: CoolingDown): BucketState {
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

/** Characters of the service's message that are kept. */
export const maxServiceMessage = 500;

/** Stores the service's message with the cooldown. Quota errors never quote the prompt. */
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

/** Ends a cooldown at the user's request. Counts are reset; learnt limits stay. */
export function clearCooldown(given: Bucket, now: EpochMs): Bucket {
	const bucket = bucketAt(given, now);
	const { day } = bucket;
	return {
		...bucket,
		status: { state: 'available' },
		minute: [],
		day: { ...day, requests: 0, input: 0, sent: sentToday(bucket) },
	};
}

/** The project has another tier: what was learnt of the one before says nothing. */
export function forgetTier(bucket: Bucket, now: EpochMs): Bucket {
	const { externalUsage, ...cleared } = clearCooldown(bucket, now);
	return { ...cleared, limits: {} };
}

/** Adds an alias's counts to the bucket of the model that it resolves to. */
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
			sent: sentToday(bucket) + sentToday(other),
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
 * A minute's quota is full again when the oldest counted send is a minute old. The stated delay only reaches to the service's
 * next minute, so it allows one probe; so does the delay stated for a day, whose quota resets at midnight.
 */
function cooldownFor(
	bucket: Bucket,
	{ reason, delayMs, limit }: CoolDownAction,
	backoffLevel: number,
	now: EpochMs,
): CoolingDown {
	const { day, minute } = bucket;
	const stated = delayMs === undefined || !(delayMs >= 0) ? undefined : Math.max(delayMs, minCooldownMs);
	const cooling = (until: EpochMs): CoolingDown => ({ state: 'coolingDown', reason, since: now, until, backoffLevel });
	switch (reason) {
		case 'rpd':
		case 'tpd':
			return cooling(Math.min(now + (stated ?? Infinity), lastProbeAt(bucket, limit, now)));
		case 'unreadable':
		case 'capacity': {
			const doubled = Math.min(capacityMs * 2 ** Math.min(backoffLevel, 10), maxCapacityMs);
			return cooling(stated === undefined ? now + doubled : Math.min(now + stated, day.endsAt));
		}
		case 'rpm':
		case 'tpm': {
			const oldest = minute.find((one) => one[2] > 0 && leavesAt(one) > now);
			if (!oldest) return cooling(now + Math.min(stated ?? minuteMs, maxMinuteMs));
			const wholeAt = Math.max(leavesAt(oldest), keptFrom(bucket, reason, limit, now), now + minCooldownMs);
			return { ...cooling(Math.min(now + (stated ?? Infinity), wholeAt)), wholeAt };
		}
	}
}

/** When so much has left the minute that a call keeps to a limit which has fallen; now, where it has not. */
function keptFrom({ minute, limits }: Bucket, reason: 'rpm' | 'tpm', limit = Infinity, now: EpochMs): EpochMs {
	if (!(limit > 0 && limit < (limits[reason]?.value ?? 0))) return now;
	return reason === 'rpm' ? fallsTo(minute, limit - 1, Infinity, now) : fallsTo(minute, Infinity, limit, now);
}

/** When a day's quota is probed at the latest: at midnight, or soon where what was sent on a young day cannot have used it up. */
function lastProbeAt(bucket: Bucket, stated: number | undefined, now: EpochMs): EpochMs {
	const { day, limits } = bucket;
	const limit = stated ?? limits.rpd?.value ?? 1;
	if (sentToday(bucket) >= limit) return day.endsAt;
	const ageMs = now - pacificMidnightAfter(day.endsAt - overADayMs);
	return ageMs < youngDayMs ? now + Math.max(youngDayProbeMs, 2 * ageMs) : day.endsAt;
}

/** What a 429 says besides the cooldown. */
interface Refusal {
	readonly limit: number;
	readonly asked: number;
	readonly until: EpochMs;
	/** When the limit was last refused, unless the bucket is still cooling down from that. */
	readonly refusedBefore: EpochMs | undefined;
}

/**
 * The service says that the limit is reached. If our count is lower, another client uses the project: the difference is added
 * and expires when the cooldown ends. If the service also refused within the last minute, it frees its quota bit by bit, so
 * the added count stays for a full minute.
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
			return { ...bucket, day: { ...bucket.day, requests, sent: sentToday(bucket) } };
		}
		case 'tpd':
			return bucket;
	}
}

/** Counts in this minute only external requests beyond the known share. */
function countExternalRequests(bucket: Bucket, external: number, refusal: Refusal, now: EpochMs): Bucket {
	if (external <= 0) return bucket;
	const met = observeExternalUsage(bucket, external, refusal.refusedBefore, now);
	return countExternal(met, external - externalShare(met, now), 0, refusal, now);
}

/** Counts what other clients sent within the minute, if anything. */
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
