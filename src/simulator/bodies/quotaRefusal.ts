import type { Body } from './bodies';
import type { Chance } from '../time/clock';
import type { Exceeded } from '../quota/quota';
import { exhausted, unavailable, type Tier } from './quotaBodies';

/**
 * The delay that a 429 of a minute states. `nextMinute`: until the next full minute of the UTC clock, whatever the quota
 * and whenever it is back; `true`: until the request would pass.
 */
export type MinuteDelay = 'nextMinute' | 'true';

/**
 * The delay that a 429 of a day states. `nextUtcDay`: until 00:00 UTC, although the day ends at midnight Pacific;
 * `short`: 21 to 45 s, as before October 2026; `true`: until the day ends; a number: these ms.
 */
export type DailyDelay = 'nextUtcDay' | 'short' | 'true' | number;

export interface Delays {
	readonly minuteDelay: MinuteDelay;
	readonly dailyDelay: DailyDelay;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What the service says of a request that exceeds quotas; `exceeded` has one at least. */
export function quotaBody(
	tier: Tier,
	model: string,
	exceeded: readonly Exceeded[],
	delays: Delays,
	now: number,
	chance: Chance,
): Body {
	const delay = statedDelay(exceeded, delays, now, chance);
	return exceeded.some(({ value }) => value === 0)
		? unavailable(model, delay)
		: exhausted(tier, model, exceeded, delay);
}

function statedDelay(
	exceeded: readonly Exceeded[],
	{ minuteDelay, dailyDelay }: Delays,
	now: number,
	chance: Chance,
): number {
	const longest = Math.max(...exceeded.map(({ wait }) => wait));
	if (!exceeded.some(({ limit }) => limit === 'rpd')) {
		return minuteDelay === 'nextMinute' ? MINUTE - (now % MINUTE) : longest;
	}
	switch (dailyDelay) {
		case 'nextUtcDay':
			return DAY - (now % DAY);
		case 'short':
			return 21_000 + chance() * 24_000;
		case 'true':
			return longest;
		default:
			return dailyDelay;
	}
}
