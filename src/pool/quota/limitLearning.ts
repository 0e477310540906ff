import { dimensions, type Dimension, type Limits } from '../types/key';
import type { Bucket, Limit, EpochMs } from '../types/stateStore';
import type { Reason } from '../types/failure';
import { isExternalShare } from './limits';

/**
 * ms. A learnt limit is first retested after this, then twice as late each time a test confirms it, up to the maximum. One
 * refusal an hour costs little, and a raised limit is found soon.
 */
const firstRetestMs = 10 * 60_000;
const maxRetestMs = 3_600_000;
/** How much a limit grows after a successful test. Little, because all waiting requests use the new limit at once. */
const growth = 1 + 1 / 16;

/** The limit behind a reason, if it is one. */
export function limitingDimension(reason: Reason | undefined): Dimension | undefined {
	if (reason === 'tooLargeForTier') return 'tpm';
	return dimensions.find((dimension) => dimension === reason);
}

/**
 * Whether a call may exceed the learnt limit to test it: a retest is due, no other call is testing, and external usage is not
 * what blocks the call.
 */
export function mayTest(bucket: Bucket, userLimits: Limits | undefined, dimension: Dimension, now: EpochMs): boolean {
	const known = bucket.limits[dimension];
	const mine = userLimits?.[dimension];
	return (
		known !== undefined &&
		(mine === undefined || (known.despite === mine && known.value < mine)) &&
		known.retestAt <= now &&
		!bucket.leases.some((lease) => lease.tests === dimension) &&
		!(dimension === 'rpm' && isExternalShare(bucket, userLimits, now))
	);
}

/**
 * Learns the limit that a 429 stated. If it was stated before, the next retest comes later, even if a test succeeded in
 * between: a service with a token bucket lets some calls through beyond its limit.
 *
 * @param own the user's limit at that time
 */
export function learnStatedLimit(
	bucket: Bucket,
	dimension: Dimension,
	value: number,
	now: EpochMs,
	userLimits?: number,
): Bucket['limits'] {
	const known = bucket.limits[dimension];
	const daily = dimension === 'rpd' || dimension === 'tpd';
	const isNew = (known?.stated ?? known?.value) !== value;
	const confirmed = known !== undefined && known.retestAt <= now;
	const retestMs =
		known === undefined || isNew
			? firstRetestMs
			: confirmed
				? Math.min(known.retestMs * 2, maxRetestMs)
				: known.retestMs;
	const limit: Limit = {
		value,
		source: 'stated',
		...(userLimits === undefined ? {} : { despite: userLimits }),
		at: now,
		retestMs,
		retestAt: daily ? bucket.day.endsAt : now + retestMs,
		...fallFrom(value, known, now),
	};
	return { ...bucket.limits, [dimension]: limit };
}

/** Remembers that the service stated more before, because the tier may have dropped, until it states as much again. */
function fallFrom(value: number, known: Limit | undefined, now: EpochMs): Pick<Limit, 'fell'> {
	const before = known?.stated ?? known?.value ?? value;
	const fell = known?.fell;
	if (value < before) return { fell: { from: Math.max(fell?.from ?? 0, before), at: now } };
	return fell && value < fell.from ? { fell } : {};
}

/**
 * A call beyond the limit was answered, so the limit grows by a sixteenth, and by at least one. Tests follow each other, so a
 * raised limit is found in a few steps, and a window that was merely reset costs few refusals. A token limit grows at least to
 * `input`.
 */
export function raiseTestedLimit(bucket: Bucket, dimension: Dimension, input: number, now: EpochMs): Bucket['limits'] {
	const known = bucket.limits[dimension];
	if (!known) return bucket.limits;
	const limit: Limit = {
		value: Math.max(Math.ceil(known.value * growth), dimension === 'tpm' || dimension === 'tpd' ? input : 0),
		source: 'tested',
		stated: known.stated ?? known.value,
		...(known.despite === undefined ? {} : { despite: known.despite }),
		at: now,
		retestMs: known.retestMs,
		retestAt: now,
		...(known.fell === undefined ? {} : { fell: known.fell }),
	};
	return { ...bucket.limits, [dimension]: limit };
}
