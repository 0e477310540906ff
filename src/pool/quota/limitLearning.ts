import type { Dimension, Limits } from '../types/key';
import type { Bucket, Limit, EpochMs } from '../types/stateStore';
import type { Reason } from '../types/failure';
import { dimensions, isExternalShare } from './limits';

/**
 * A minute's limit is doubted for the first time after this, in ms; then twice as late each time a test confirms it. One
 * refusal an hour is little where the minute is used up all the time, and a limit that was raised is found soon.
 */
const firstRetestMs = 10 * 60_000;
const maxRetestMs = 3_600_000;
/** What a limit grows by when a test got past it: all who wait may use it at once, and would all be refused. */
const growth = 1 + 1 / 16;

/** The limit that is in the way, for reasons that are one. */
export function limitingDimension(reason: Reason | undefined): Dimension | undefined {
	if (reason === 'tooLargeForTier') return 'tpm';
	return dimensions.find((dimension) => dimension === reason);
}

/**
 * Whether a call may go beyond the learnt limit, to see if it still holds: doubt is due, nobody else is testing, and it is
 * the limit that stands in the way.
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
 * Takes the limit a 429 stated. One that was stated before and held once more is doubted later than before, also where
 * a test got past it in between: a service that saves up what was not used lets some calls through beyond its limit.
 *
 * @param userLimits the user's own limit that was kept when it came
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

/** Remembers that the service stated more before: a tier may have dropped. It is forgotten once as much is stated again. */
function fallFrom(value: number, known: Limit | undefined, now: EpochMs): Pick<Limit, 'fell'> {
	const before = known?.stated ?? known?.value ?? value;
	const from = Math.max(known?.fell?.from ?? 0, before);
	if (from <= value) return {};
	return { fell: value < before ? { from, at: now } : (known?.fell ?? { from, at: now }) };
}

/**
 * A call beyond the limit was answered, so the limit is no longer true. It grows by a sixteenth and at least by one: tests
 * follow each other, so that a limit that was raised is found in a few steps, and a window that merely began anew costs few
 * refusals. A limit on tokens grows at least to `input`.
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
