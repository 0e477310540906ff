import type { Masker } from '../../masking/masking';

/** Characters of a label's value. */
const maxLength = 60;

/** What stands for values beyond the bound. */
export const other = 'other';

/** The values that one label takes: bounded in number and length, on one line, and never a key. */
export class LabelValues {
	private readonly known = new Set<string>();
	/** By the text: the same few come with each attempt, and to mask one costs more than to count it. */
	private readonly values = new Map<string, string>();

	constructor(
		private readonly most: number,
		private readonly mask: Masker,
	) {}

	/** The value to use for `text`; `other` for a new one when the bound is reached. */
	of(text: string): string {
		const value = this.values.get(text) ?? this.valueOf(text);
		if (this.values.size < this.most) this.values.set(text, value);
		return value;
	}

	private valueOf(text: string): string {
		const clean = this.mask(text)
			.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
			.trim();
		const value = Array.from(clean).slice(0, maxLength).join('') || other;
		if (this.known.has(value)) return value;
		if (this.known.size >= this.most) return other;
		this.known.add(value);
		return value;
	}
}
