import type { Masker } from '../../masking/masking';

/** Characters of a label's value. */
const maxLength = 60;

/** What stands for values beyond the bound. */
const other = 'other';

/** The values that one label takes: bounded in number and length, on one line, and never a key. */
export class LabelValues {
	private readonly known = new Set<string>();

	constructor(
		private readonly most: number,
		private readonly mask: Masker,
	) {}

	/** The value to use for `text`; `other` for a new one when the bound is reached. */
	of(text: string): string {
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
