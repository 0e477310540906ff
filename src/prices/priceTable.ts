/** Dollars for a million tokens; where it grows with the prompt: the price at first, then each that counts above a size. */
export type Rate = number | readonly [base: number, ...above: (readonly [tokens: number, price: number])[]];

/** What a model costs from a day on. */
export interface Rates {
	/** The first day in UTC, as `2027-01-01`; absent: from the beginning. */
	readonly from?: string;
	readonly input: Rate;
	/** Input that the service had cached; absent: as other input. */
	readonly cached?: Rate;
	/** Answer and thoughts. */
	readonly output: Rate;
	/** Sound in the prompt; absent: as other input. */
	readonly inputAudio?: number;
	/** Sound that the service had cached; absent: as other sound. */
	readonly cachedAudio?: number;
	/** Pictures and sound in the answer, the dearest of them; absent: as other output. */
	readonly outputMedia?: number;
	/** Factors of the service tiers; absent: those that hold for every model. */
	readonly tiers?: { readonly flex?: number; readonly priority?: number };
}

export interface PricedModel {
	readonly id: string;
	/** A regular expression: the names that the model has. */
	readonly match: string;
	/** The oldest first; the last one whose day has come holds. */
	readonly rates: readonly [Rates, ...Rates[]];
}

/** Google's prices as they were on a day. */
export interface PriceTable {
	/** The day that the data is of, as `2026-09-23`. */
	readonly date: string;
	/** The first one that matches counts. */
	readonly models: readonly PricedModel[];
}
