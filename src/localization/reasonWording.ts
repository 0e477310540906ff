import type { Translate } from './userMessage';

/** What the sentences are built with. `when` is a moment, for a text that stays: "at 12:05", "on Mon at 09:00". */
export interface ReasonWording {
	readonly t: Translate;
	readonly when: (at: number) => string;
	readonly count: (value: number) => string;
	/** Millionths of a dollar. */
	readonly money: (microDollars: number) => string;
}
