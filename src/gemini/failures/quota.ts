import type { Verdict } from '../../pool/pool';
import type { Violation } from './details';
import type { ParsedFailure } from './parse';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;

/** Where a minute quota states no delay. */
const minuteRest = minute;
/** No quota of a minute asks for more; a longer delay is a mistake that must not cost a day. */
const longestMinuteRest = hour;
/** The delay that comes with a daily quota usually lies (21 to 45 s); from here on it has been right. */
const believableDailyRest = 10 * minute;
/** A Pacific day can have 25 hours. */
const longestDailyRest = 25 * hour;
const closedFor = 24 * hour;
const regionBlock = 10 * minute;

/** `limit: 0`, or violations that name no value: this tier has no such model, whatever delay is offered. */
export function tierLacksModel({ violations, limitZero }: ParsedFailure): boolean {
	return (
		limitZero ||
		violations.some((violation) => violation.quotaValue === 0) ||
		(violations.length > 0 && violations.every((violation) => violation.quotaValue === undefined))
	);
}

export function closeModel({ violations }: ParsedFailure, asked?: string): Verdict {
	const named = violations.find((violation) => violation.model !== undefined);
	return { act: 'close', why: 'tierLacksModel', forMs: closedFor, ...otherModel(named, asked) };
}

/** The daily violation that counts: requests before tokens, because the engine learns limits on requests a day. */
export function dailyViolation({ violations, legacyQuota }: ParsedFailure): Violation | undefined {
	const daily = [...violations, ...(legacyQuota ? [legacyQuota] : [])].filter(({ per }) => per === 'day');
	return daily.find(({ counts }) => counts === 'requests') ?? daily[0];
}

/** Rests until the believable stated time, else (no delay) until the engine's midnight Pacific. */
export function restForDay(failure: ParsedFailure, asked?: string): Verdict {
	const violation = dailyViolation(failure);
	const delay = failure.delayMs ?? 0;
	return {
		act: 'rest',
		why: 'rpd',
		...(violation?.counts === 'requests' && limitOf(violation)),
		...(delay >= believableDailyRest && delay <= longestDailyRest && { delayMs: Math.ceil(delay) }),
		...otherModel(violation, asked),
	};
}

/** Tokens before requests: the engine must learn whether the request alone is too large for the tier. */
export function minuteViolation({ violations }: ParsedFailure): Violation | undefined {
	const perMinute = violations.filter(({ per }) => per === 'minute');
	return perMinute.find(({ counts }) => counts === 'tokens') ?? perMinute[0];
}

export function restForMinute(failure: ParsedFailure, asked?: string): Verdict {
	const violation = minuteViolation(failure) ?? failure.legacyQuota;
	return {
		act: 'rest',
		why: violation?.counts === 'tokens' ? 'tpm' : 'rpm',
		...limitOf(violation),
		delayMs: correctedDelay(failure) ?? minuteRest,
		...otherModel(violation, asked),
	};
}

/** A 429 that names no quota of a known period: also seen as the model's capacity, so never daily. */
export function restForCapacity(failure: ParsedFailure, asked?: string): Verdict {
	const delayMs = correctedDelay(failure);
	const named = failure.violations.find((violation) => violation.model !== undefined);
	return { act: 'rest', why: 'capacity', ...(delayMs !== undefined && { delayMs }), ...otherModel(named, asked) };
}

/** Legacy bodies state a value of 0 where the region is blocked; it is no limit to learn. */
export function restForRegion(): Verdict {
	return { act: 'rest', why: 'capacity', delayMs: regionBlock };
}

/** RetryInfo is cut to whole seconds: one more is needed. */
function correctedDelay({ delayMs }: ParsedFailure): number | undefined {
	return delayMs === undefined ? undefined : Math.min(Math.ceil(delayMs) + second, longestMinuteRest);
}

function limitOf(violation: Violation | undefined): { readonly limit?: number } {
	return violation?.quotaValue === undefined ? {} : { limit: violation.quotaValue };
}

function otherModel(violation: Violation | undefined, asked: string | undefined): { readonly model?: string } {
	return violation?.model === undefined || violation.model === asked ? {} : { model: violation.model };
}
