/** ms. Nearer moments are shown as a live countdown, farther ones as a time of day. */
export const countdownMs = 10 * 60_000;

export interface Locale {
	/** A well-formed BCP 47 tag, for instance `vscode.env.language`. One without data in Intl counts as English. */
	readonly language: string;
	/** An IANA zone; absent: the machine's. */
	readonly zone?: string;
}

/** A time of day with its day, as seen from now. */
export type Moment =
	| { readonly state: 'today'; readonly clock: string }
	| { readonly state: 'tomorrow'; readonly clock: string }
	/** Any other day: `day` is a short weekday within a week (`Mon`), else day and month. */
	| { readonly state: 'otherDay'; readonly day: string; readonly clock: string };

/** A moment to come as people speak of it, seen from now. */
export type Until =
	| { readonly state: 'past' }
	/** `m:ss`, rounded up, so that 0:00 is never shown while there is still time to wait. */
	| { readonly state: 'countdown'; readonly left: string }
	| Moment;

/** Times in one language and zone; all arguments in ms since 1970. */
export interface Calendar {
	until(at: number, now: number): Until;
	/** Also for moments that have passed, and for texts that stay on screen or are read aloud. */
	moment(at: number, now: number): Moment;
	/** True where daily quotas start again: midnight in California, or the few minutes of grace that a rest may add. */
	isPacificMidnight(at: number): boolean;
}

const graceMinutes = 5;
/** 24 hours whatever the region, because the display language does not tell the region. */
const hourAndMinute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Builds each formatter once, when it is needed first: that costs fifty times what a use does, and the first of all ten ms. */
export function createCalendar({ language, zone }: Locale): Calendar {
	const here = zone === undefined ? {} : { timeZone: zone };
	const formatter = (style: Intl.DateTimeFormatOptions, languages = [language, 'en']) => {
		let made: Intl.DateTimeFormat | undefined;
		return { format: (at: number) => (made ??= new Intl.DateTimeFormat(languages, { ...here, ...style })).format(at) };
	};
	const clockFace = formatter(hourAndMinute);
	const weekday = formatter({ weekday: 'short' });
	const dayAndMonth = formatter({ day: 'numeric', month: 'short' });
	const date = formatter({ year: 'numeric', month: '2-digit', day: '2-digit' }, ['en-CA']);
	const pacific = formatter({ ...hourAndMinute, timeZone: 'America/Los_Angeles' }, ['en']);

	/** Days since 1970 on the calendar, so that "tomorrow" holds across a change of summer time. */
	const dayNumber = (at: number) => Date.parse(`${date.format(at)}T00:00:00Z`) / 86_400_000;

	const moment = (at: number, now: number): Moment => {
		const clock = clockFace.format(at);
		const days = dayNumber(at) - dayNumber(now);
		if (days === 0) return { state: 'today', clock };
		if (days === 1) return { state: 'tomorrow', clock };
		return { state: 'otherDay', day: (Math.abs(days) < 7 ? weekday : dayAndMonth).format(at), clock };
	};

	return {
		moment,
		until(at, now) {
			const left = at - now;
			if (left <= 0) return { state: 'past' };
			return left < countdownMs ? { state: 'countdown', left: minutesAndSeconds(left) } : moment(at, now);
		},
		isPacificMidnight(at) {
			const [hour, minute] = pacific.format(at).split(':').map(Number);
			return hour === 0 && minute !== undefined && minute <= graceMinutes;
		},
	};
}

function minutesAndSeconds(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
