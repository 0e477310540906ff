import type { EpochMs } from '../types/stateStore';

/** The service counts days in this time zone (docs/FACTS.md 1). Created on first use, because that takes 10 ms. */
const pacific = onceMade(
	() =>
		new Intl.DateTimeFormat('en-US', {
			timeZone: 'America/Los_Angeles',
			hourCycle: 'h23',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		}),
);

const hour = 3_600_000;

/** ms. An end of a day that is further away was left by a clock that went backwards: a Pacific day has at most 25 hours. */
export const longestDayMs = 26 * hour;

function onceMade<T>(make: () => T): () => T {
	let made: T | undefined;
	return () => (made ??= make());
}

/** ms since local midnight in Los Angeles. */
function timeOfDay(at: EpochMs): number {
	let ms = at % 1000;
	for (const { type, value } of pacific().formatToParts(at - ms)) {
		if (type === 'hour') ms += Number(value) * hour;
		if (type === 'minute') ms += Number(value) * 60_000;
		if (type === 'second') ms += Number(value) * 1000;
	}
	return ms;
}

/** The first midnight in Los Angeles after `now`, in ms since 1970; also on days of 23 and 25 hours. */
export function pacificMidnightAfter(now: EpochMs): EpochMs {
	const guess = now - timeOfDay(now) + 24 * hour;
	const off = timeOfDay(guess);
	return off < 12 * hour ? guess - off : guess + 24 * hour - off;
}

const pacificDayOfMonth = onceMade(
	() => new Intl.DateTimeFormat('en-US', { timeZone: 'America/Los_Angeles', day: 'numeric' }),
);

/** The first midnight in Los Angeles after `now` that begins a month, in ms since 1970. */
export function pacificMonthAfter(now: EpochMs): EpochMs {
	let midnight = pacificMidnightAfter(now);
	while (pacificDayOfMonth().format(midnight + hour) !== '1') midnight = pacificMidnightAfter(midnight + hour);
	return midnight;
}
