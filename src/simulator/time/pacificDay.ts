const DAY = 86_400_000;

const format = new Intl.DateTimeFormat('en-US', {
	timeZone: 'America/Los_Angeles',
	hourCycle: 'h23',
	hour: 'numeric',
	minute: 'numeric',
	second: 'numeric',
});

/** The next midnight in Los Angeles after `now`, when the service's days begin; both in ms since 1970. */
export function nextPacificMidnight(now: number): number {
	const guess = now + DAY - timeOfDay(now);
	// On the two days a year that last 23 or 25 hours the guess is an hour off; midnight itself never falls into the change.
	const off = timeOfDay(guess);
	return off < DAY / 2 ? guess - off : guess + DAY - off;
}

function timeOfDay(now: number): number {
	const part = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
	const seconds = (part.get('hour') ?? 0) * 3600 + (part.get('minute') ?? 0) * 60 + (part.get('second') ?? 0);
	return seconds * 1000 + (now % 1000);
}
