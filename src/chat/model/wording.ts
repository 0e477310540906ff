import type { PoolFacts, Reason } from '../../pool/pool';

/** `vscode.l10n.t`, or anything like it. Call it with a literal text: translations are found by reading the code. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** What a person reads of a reason. */
export interface UserMessage {
	/** A few words without a full stop, to stand after a label. */
	readonly brief: string;
	/** One or two sentences. */
	readonly text: string;
	readonly remedy?: string;
	/** The one button that helps. */
	readonly action?: { readonly command: string; readonly title: string };
	readonly link?: { readonly url: string; readonly title: string };
}

/** What the chat needs of the words; `words.ts` has more. */
export interface Wording {
	readonly t: Translate;
	describeReason(reason: Reason, facts?: PoolFacts): UserMessage;
	/** With the separators of the reader's language. */
	readonly describeCount: (value: number) => string;
	/** Millionths of a dollar. */
	describeMoney(microDollars: number): string;
	/** What ended an answer, with the reason of its last send where that helps. */
	describeError(ended: {
		readonly reason: Reason;
		readonly facts: PoolFacts;
		readonly attempts: readonly { readonly outcome: 'answered' | Reason }[];
	}): UserMessage;
}
