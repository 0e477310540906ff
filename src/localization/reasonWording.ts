import type { Translate } from './userMessage';

/** What the sentences are built with. `when` is a future moment: "in 0:42", "tomorrow at 09:00". */
export interface ReasonWording {
	readonly t: Translate;
	readonly when: (at: number) => string;
	readonly count: (value: number) => string;
	/** Millionths of a dollar. */
	readonly money: (microDollars: number) => string;
}
