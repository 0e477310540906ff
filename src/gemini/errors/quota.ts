import type { FailureAction } from '../../pool/pool';
import type { Violation } from './details';
import type { ParsedFailure } from './parse';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;

/** No minute's quota asks for more; a longer delay is a mistake that must not cost a day. */
const maxMinuteDelay = hour;
/** The delay stated with a daily quota is usually wrong (21 to 45 s); from here on it has been right. */
const believableDailyDelay = 10 * minute;
/** A Pacific day can have 25 hours. */
const maxDailyDelay = 25 * hour;
const unsupportedFor = 24 * hour;
const deniedFor = hour;
const regionBlock = 10 * minute;

/**
 * A limit of zero, or several free-tier violations together without a value, mean that this tier has no such model, whatever
 * delay is stated. A single violation without a value is a quota like any other.
 */
export function tierLacksModel({ violations, limitZero }: ParsedFailure): boolean {
	return (
		limitZero ||
		violations.some(({ quotaValue }) => quotaValue === 0) ||
		(violations.length > 1 && violations.every(({ isFree, quotaValue }) => isFree && quotaValue === undefined))
	);
}

export function markUnsupported({ violations, consumer }: ParsedFailure, asked?: string): FailureAction {
	const named = violations.find((violation) => violation.model !== undefined);
	return {
		type: 'markUnsupported',
		reason: 'tierLacksModel',
		forMs: unsupportedFor,
		...otherModel(named, asked),
		...of(consumer),
	};
}

/** Names neither key, project nor account: this key may not use this model. */
export function denyModel({ consumer }: ParsedFailure): FailureAction {
	return { type: 'denyModel', reason: 'modelDenied', forMs: deniedFor, ...of(consumer) };
}

/** The daily violation to use: requests before tokens, because the engine learns limits of requests a day. */
export function dailyViolation({ violations, legacyQuota }: ParsedFailure): Violation | undefined {
	const daily = [...violations, ...(legacyQuota ? [legacyQuota] : [])].filter(({ per }) => per === 'day');
	return daily.find(({ counts }) => counts === 'requests') ?? daily[0];
}

/** A plausible delay allows a probe. */
export function coolDownForDay(failure: ParsedFailure, asked?: string): FailureAction {
	const violation = dailyViolation(failure);
	const delay = failure.delayMs ?? 0;
	return {
		type: 'coolDown',
		reason: violation?.counts === 'tokens' ? 'tpd' : 'rpd',
		...(violation?.counts === 'requests' && limitOf(violation)),
		...(delay >= believableDailyDelay && delay <= maxDailyDelay && { delayMs: Math.ceil(delay) }),
		...otherModel(violation, asked),
		...of(failure.consumer),
	};
}

/** Tokens before requests: the engine must learn whether the request alone is too large for the tier. */
export function minuteViolation({ violations }: ParsedFailure): Violation | undefined {
	const perMinute = violations.filter(({ per }) => per === 'minute');
	return perMinute.find(({ counts }) => counts === 'tokens') ?? perMinute[0];
}

export function coolDownForMinute(failure: ParsedFailure, asked?: string): FailureAction {
	const violation = minuteViolation(failure) ?? failure.legacyQuota;
	return {
		type: 'coolDown',
		reason: violation?.counts === 'tokens' ? 'tpm' : 'rpm',
		...limitOf(violation),
		...correctedDelay(failure, maxMinuteDelay),
		...otherModel(violation, asked),
		...of(failure.consumer),
	};
}

/** A 429 without a quota of a known period. It may also mean the model's capacity, so it is never treated as daily. */
export function coolDownForCapacity(failure: ParsedFailure, asked?: string): FailureAction {
	const named = failure.violations.find((violation) => violation.model !== undefined);
	return {
		type: 'coolDown',
		reason: 'capacity',
		...correctedDelay(failure, maxDailyDelay),
		...otherModel(named, asked),
		...of(failure.consumer),
	};
}

/** Legacy bodies state 0 if the region is blocked; that is no limit to learn. */
export function coolDownForRegion({ consumer }: ParsedFailure): FailureAction {
	return { type: 'coolDown', reason: 'capacity', delayMs: regionBlock, ...of(consumer) };
}

/** RetryInfo is truncated to whole seconds, so one is added. */
function correctedDelay({ delayMs }: ParsedFailure, longest: number): { readonly delayMs?: number } {
	return delayMs === undefined ? {} : { delayMs: Math.min(Math.ceil(delayMs) + second, longest) };
}

function of(consumer: string | undefined): { readonly consumer?: string } {
	return consumer === undefined ? {} : { consumer };
}

function limitOf(violation: Violation | undefined): { readonly limit?: number } {
	return violation?.quotaValue === undefined ? {} : { limit: violation.quotaValue };
}

function otherModel(violation: Violation | undefined, asked: string | undefined): { readonly model?: string } {
	return violation?.model === undefined || violation.model === asked ? {} : { model: violation.model };
}
