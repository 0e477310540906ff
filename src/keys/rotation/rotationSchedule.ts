const dayMs = 24 * 3_600_000;

/**
 * Days from 1970-01-01 to a date by the local calendar: one more at each local midnight, also when summer time changes. Used
 * as the number of rotations, it rotates the keys daily.
 */
export function localDayNumber(date: Date): number {
	return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs);
}

/** When the order of the keys rotates, and how often it has: a function of local date and time alone. */
export interface RotationSchedule {
	/** Rotations up to a date. Never decreases, so that every window and every reload gets the same order. */
	countAt(date: Date): number;
	/** When `countAt` may change next: at most a day after `date`. */
	nextAfter(date: Date): Date;
}

/** One rotation at each local midnight. */
export const dailySchedule: RotationSchedule = {
	countAt: localDayNumber,
	nextAfter: nextMidnight,
};

/** Minutes of a local day, by the clock's face: a day of 25 hours has no more. */
const minutesOfDay = 24 * 60;
/** Matching days are counted from here, so that the first count looks at one year, not fifty. */
const firstDay = Date.UTC(2026, 0, 1) / 86_400_000;
/** Minutes by which a clock goes back at the end of summer time. */
const maxBackMinutes = 120;

/**
 * The schedule of a cron expression of five fields, in local time: one rotation at each minute that it matches. Days and
 * minutes are counted separately, so that nothing steps through single runs. Rejects if the expression is invalid.
 */
export async function cronSchedule(expression: string): Promise<RotationSchedule> {
	const { Cron } = await import('croner');
	const [minute, hour, ...day] = expression.trim().split(/\s+/);
	const matcher = (pattern: string) => new Cron(pattern, { mode: '5-part', timezone: 'UTC', paused: true });
	matcher(expression);
	const times = matcher(`${minute ?? ''} ${hour ?? ''} * * *`);
	const days = matcher(`0 0 ${day.join(' ')}`);
	const minutes = Array.from({ length: minutesOfDay }, (_, at) => at).filter((at) =>
		times.match(new Date(firstDay * 86_400_000 + at * 60_000)),
	);
	const isDay = (number: number): boolean => days.match(new Date(number * 86_400_000));
	/** Days that match before `upTo`, the last day that was asked for. */
	let counted = { upTo: firstDay, days: 0 };
	const daysBefore = (number: number): number => {
		if (number < counted.upTo) counted = { upTo: firstDay, days: 0 };
		let { upTo, days: found } = counted;
		for (; upTo < number; upTo++) if (isDay(upTo)) found++;
		counted = { upTo, days: found };
		return found;
	};
	return {
		countAt: (date) => {
			const today = localDayNumber(date);
			const now = latestMinute(date);
			const done = isDay(today) ? minutes.filter((at) => at <= now).length : 0;
			return daysBefore(today) * minutes.length + done;
		},
		nextAfter: (date) => {
			const now = latestMinute(date);
			const minute = isDay(localDayNumber(date)) ? minutes.find((at) => at > now) : undefined;
			const soon = minute === undefined ? undefined : atMinute(date, minute);
			return soon && soon > date ? soon : nextMidnight(date);
		},
	};
}

/** The latest minute of the day that the clock has shown so far, also if it has just been set back for winter. */
function latestMinute(date: Date): number {
	const shown = (before: number): number => {
		const then = new Date(date.getTime() - before * 60_000);
		return then.getDate() === date.getDate() ? minuteOf(then) : 0;
	};
	return Math.max(...Array.from({ length: maxBackMinutes + 1 }, (_, before) => shown(before)));
}

function nextMidnight(date: Date): Date {
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
}

/** When the clock next shows `minute` of this day, or what comes after it where summer time skips that. */
function atMinute(date: Date, minute: number): Date {
	let end = new Date(date.getFullYear(), date.getMonth(), date.getDate(), 0, minute).getTime();
	if (minuteOf(new Date(end)) === minute) return new Date(end);
	for (let begin = date.getTime(); end - begin > 1;) {
		const middle = Math.floor((begin + end) / 2);
		if (latestMinute(new Date(middle)) >= minute) end = middle;
		else begin = middle;
	}
	return new Date(end);
}

function minuteOf(date: Date): number {
	return date.getHours() * 60 + date.getMinutes();
}
