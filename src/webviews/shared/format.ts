/** Fills `{0}`, `{1}` … in a localised text. */
export function filled(text: string, ...values: readonly (string | number)[]): string {
	return text.replace(/\{(\d)\}/g, (mark, i: string) => String(values[Number(i)] ?? mark));
}

/** `m:ss`, or `h:mm:ss` from an hour up. Rounds up: 0:00 means now. */
export function countdown(ms: number): string {
	const all = Math.max(0, Math.ceil(ms / 1000));
	const two = (n: number) => String(n).padStart(2, '0');
	const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
	return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Numbers as the reader's language writes them; an unknown language counts as English. */
export class Numbers {
	private readonly whole: Intl.NumberFormat;
	private readonly tenth: Intl.NumberFormat;
	private readonly hundredth: Intl.NumberFormat;
	private readonly bytes: Intl.NumberFormat;
	private readonly plain: Intl.NumberFormat;

	constructor(locale: string) {
		const locales = [locale, 'en'];
		this.whole = new Intl.NumberFormat(locales, { maximumFractionDigits: 0 });
		this.tenth = new Intl.NumberFormat(locales, {
			minimumFractionDigits: 1,
			maximumFractionDigits: 1,
		});
		this.hundredth = new Intl.NumberFormat(locales, {
			minimumFractionDigits: 2,
			maximumFractionDigits: 2,
		});
		this.plain = new Intl.NumberFormat(locales, { useGrouping: false, maximumFractionDigits: 20 });
		this.bytes = new Intl.NumberFormat(locales, {
			style: 'unit',
			unit: 'byte',
			unitDisplay: 'long',
		});
	}

	count(n: number): string {
		return this.whole.format(n);
	}

	/** As it is typed: whole, and without separators for thousands. */
	typed(n: number): string {
		return this.plain.format(n);
	}

	/** An answer in no time would be none: the least is 0.01. */
	seconds(ms: number): string {
		return ms < 95 ? this.hundredth.format(Math.max(ms, 10) / 1000) : this.tenth.format(ms / 1000);
	}

	/** Bytes or kilobytes, with the unit. */
	size(bytes: number): string {
		if (bytes < 1024) {
			return this.bytes.format(bytes);
		}
		return `${bytes < 10_240 ? this.tenth.format(bytes / 1024) : this.whole.format(bytes / 1024)} KB`;
	}
}
