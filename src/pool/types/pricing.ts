import type { EpochMs } from './stateStore';
import type { Usage } from './poolRequest';

/** Millionths of a dollar, whole: a price in dollars for a million tokens is as many of these for each token. */
export type MicroDollars = number;
export const oneDollar: MicroDollars = 1_000_000;

/** How fast the service answers, and for which price (https://ai.google.dev/gemini-api/docs/pricing). */
export type ServiceTier = 'flex' | 'standard' | 'priority';

/** What the price of a call depends on, beside its tokens. */
export interface PricedCall {
	/** The model's own name. */
	readonly model: string;
	readonly serviceTier: ServiceTier;
	/** When it was sent: rates change on a day. */
	readonly at: EpochMs;
}

/** Tokens of a call before it is sent, at the most; the answer's with its thoughts. */
export interface MaxTokens {
	readonly input: number;
	readonly output: number;
}

/** What calls cost on a paid project. Pure; prices are the data of another room, so that the engine is handed this. */
export interface Pricing {
	costOf(usage: Usage, call: PricedCall): MicroDollars;
	/** No call with these tokens costs more, whatever they hold. */
	maxCostOf(tokens: MaxTokens, call: PricedCall): MicroDollars;
	/** The most tokens of one answer of the model, thoughts among them. */
	maxOutput(model: string): number;
}
