/** Times of day as the reader's language writes them, in ms since 1970; an unknown language counts as English. */
export class Times {
	private readonly minute: Intl.DateTimeFormat;
	private readonly second: Intl.DateTimeFormat;
	private readonly day: Intl.DateTimeFormat;

	constructor(locale: string) {
		const locales = [locale, 'en'];
		// 24 hours whatever the region, because the display language does not tell the region.
		const clock = {
			hour: '2-digit',
			minute: '2-digit',
			hourCycle: 'h23',
		} as const;
		this.minute = new Intl.DateTimeFormat(locales, clock);
		this.second = new Intl.DateTimeFormat(locales, {
			...clock,
			second: '2-digit',
		});
		this.day = new Intl.DateTimeFormat(locales, {
			day: 'numeric',
			month: 'short',
		});
	}

	toMinute(at: number): string {
		return this.minute.format(at);
	}

	/** A time to come: the first full minute at which it is true, but for a second. With its day where that is not the one of `now`. */
	moment(exact: number, now: number): string {
		const at = Math.ceil((exact - 1_000) / 60_000) * 60_000;
		const day = this.day.format(at);
		return day === this.day.format(now) ? this.minute.format(at) : `${day} ${this.minute.format(at)}`;
	}

	toSecond(at: number, now: number): string {
		const day = this.day.format(at);
		return day === this.day.format(now) ? this.second.format(at) : `${day} ${this.second.format(at)}`;
	}
}
