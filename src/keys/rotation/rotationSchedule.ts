const dayMs = 24 * 3_600_000;

/**
 * The number of a date as the clock on the wall shows it, from 1970-01-01 on: one more each local midnight, whatever the
 * time zone does. As the number of turns it rotates the keys daily.
 */
export function localDayNumber(date: Date): number {
	return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs);
}

/** When the key order is rotated, and how often it has been: by the date and time on the wall alone. */
export interface RotationSchedule {
	/** Never less at a later date, so that whoever asks (another window, a reload) rotates once and the same way. */
	countAt(date: Date): number;
	/** When it may be one more: after `date`, a day at most. */
	nextAfter(date: Date): Date;
}

/** One turn each local midnight. */
export const dailySchedule: RotationSchedule = { countAt: localDayNumber, nextAfter: nextMidnight };

/** Minutes of a local day. A day of 25 hours has no more of them: they are read off the wall. */
const minutesOfDay = 24 * 60;
/** Day numbers are counted from here, so that a year of them is looked at once, not fifty. */
const firstDay = Date.UTC(2026, 0, 1) / 86_400_000;
/** Minutes by which a clock goes back at most where summer ends. */
const maxBackMinutes = 120;

/**
 * The turns of a cron expression of five fields, in local time: one each minute that it names. Days and minutes are
 * counted apart, so that no run has to be walked through. Rejects where it is none.
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
	/** Days that match, before the one that was asked for last. */
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

/** The latest minute of the day that the wall has shown, also where the clock has just been set back for the winter. */
function latestMinute(date: Date): number {
	const shown = (before: number): number => {
		const then = new Date(date.getTime() - before * 60_000);
		return then.getDate() === date.getDate() ? then.getHours() * 60 + then.getMinutes() : 0;
	};
	return Math.max(...Array.from({ length: maxBackMinutes + 1 }, (_, before) => shown(before)));
}

function nextMidnight(date: Date): Date {
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
}

function atMinute(date: Date, minute: number): Date {
	return new Date(date.getFullYear(), date.getMonth(), date.getDate(), 0, minute);
}
