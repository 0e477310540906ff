/** ms. Nearer moments are shown as a countdown, others as a time of day. */
export const countdownMs = 10 * 60_000;

export interface Locale {
	/** A well-formed BCP 47 tag, for instance `vscode.env.language`. Without data in Intl it counts as English. */
	readonly language: string;
	/** An IANA time zone; absent: the machine's. */
	readonly zone?: string;
	/** The reader of a future time may be in another zone, so each one names its zone. */
	readonly isNamed?: true;
}

/** A time and its day, relative to now: `day` is a short weekday within a week (`Mon`), else day and month, and far away its year. */
export type Moment =
	| { readonly state: 'today'; readonly clock: string }
	| { readonly state: 'tomorrow' | 'otherDay'; readonly day: string; readonly clock: string };

/** A future moment, relative to now. */
export type Until =
	| { readonly state: 'past' }
	/** `m:ss`, rounded up, so that 0:00 never shows while there is time left. */
	| { readonly state: 'countdown'; readonly left: string }
	| Moment;

/** Times in one language and zone; all arguments in ms since 1970. */
export interface Calendar {
	until(at: number, now: number): Until;
	/** Never a countdown: for past moments, and for texts that stay on screen or are read aloud. */
	moment(at: number, now: number): Moment;
	/** Whether daily quotas reset then: midnight Pacific time, or the few minutes that a cooldown may add. */
	isPacificMidnight(at: number): boolean;
	/** Day and month of the Pacific day that ends at `endsAt`. */
	pacificDay(endsAt: number): string;
	/** The name of the zone of the times, for people who may live in another one: `GMT+7`. */
	zoneName(at: number): string;
}

const graceMinutes = 5;
/** 24 hours, because the display language does not tell the region. */
const hourAndMinute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Makes each formatter on first use: making one costs fifty times a use, and the first one takes 10 ms. */
export function createCalendar({ language, zone }: Locale): Calendar {
	const here = zone === undefined ? {} : { timeZone: zone };
	const formatter = (style: Intl.DateTimeFormatOptions, languages = [language, 'en']) => {
		let made: Intl.DateTimeFormat | undefined;
		return { format: (at: number) => (made ??= new Intl.DateTimeFormat(languages, { ...here, ...style })).format(at) };
	};
	const clockFace = formatter(hourAndMinute);
	const weekday = formatter({ weekday: 'short' });
	const dayAndMonth = formatter({ day: 'numeric', month: 'short' });
	const dayOfYear = formatter({ day: 'numeric', month: 'short', year: 'numeric' });
	const date = formatter({ year: 'numeric', month: '2-digit', day: '2-digit' }, ['en-CA']);
	const zoned = { hour: '2-digit', timeZoneName: 'short' } as const;
	const pacificDate = formatter({ day: 'numeric', month: 'short', timeZone: 'America/Los_Angeles' });
	const pacific = formatter({ ...hourAndMinute, timeZone: 'America/Los_Angeles' }, ['en']);

	/** Calendar days since 1970, so that "tomorrow" is right when summer time changes. */
	const dayNumber = (at: number) => Date.parse(`${date.format(at)}T00:00:00Z`) / 86_400_000;

	const moment = (exact: number, now: number): Moment => {
		// Rounded up, so that nobody comes too early by more than a second.
		const at = exact > now ? Math.ceil((exact - 1_000) / 60_000) * 60_000 : exact;
		const clock = clockFace.format(at);
		const days = dayNumber(at) - dayNumber(now);
		if (days === 0) return { state: 'today', clock };
		const distance = Math.abs(days);
		const day = (distance < 7 ? weekday : distance < 183 ? dayAndMonth : dayOfYear).format(at);
		return { state: days === 1 ? 'tomorrow' : 'otherDay', day, clock };
	};

	return {
		moment,
		until(at, now) {
			const left = at - now;
			if (left <= 0) return { state: 'past' };
			return left < countdownMs ? { state: 'countdown', left: minutesAndSeconds(left) } : moment(at, now);
		},
		// Its noon, whatever the length of the day.
		pacificDay: (endsAt) => pacificDate.format(endsAt - 12 * 3_600_000),
		zoneName: (at) =>
			new Intl.DateTimeFormat([language, 'en'], { ...here, ...zoned })
				.formatToParts(at)
				.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC',
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
