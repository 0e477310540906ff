import type { Rate, Rates } from './priceTable';
import type { PriceOverrides } from './prices';

/** A model's price as the setting `keypool.prices` has it: dollars for a million tokens, and factors. */
export interface OwnPrice {
	readonly input: number;
	readonly output: number;
	/** Absent: as other input. */
	readonly cached?: number;
	readonly inputAudio?: number;
	readonly outputMedia?: number;
	/** Prices for prompts of more tokens than `above`; absent ones stay as they are. */
	readonly longContext?: {
		readonly above: number;
		readonly input?: number;
		readonly cached?: number;
		readonly output?: number;
	};
	readonly flex?: number;
	readonly priority?: number;
}

/** The setting as the prices read it; a model may be named as Google's list has it. */
export function overridesOf(own: Readonly<Record<string, OwnPrice>>): PriceOverrides {
	return Object.fromEntries(
		Object.entries(own).map(([model, price]) => [model.trim().replace(/^models\//, ''), ratesOf(price)]),
	);
}

function ratesOf({ longContext, flex, priority, input, output, cached, inputAudio, outputMedia }: OwnPrice): Rates {
	const rate = (base: number, above: number | undefined): Rate =>
		longContext && above !== undefined ? [base, [longContext.above, above]] : base;
	return {
		input: rate(input, longContext?.input),
		output: rate(output, longContext?.output),
		...((cached ?? longContext?.cached) !== undefined && { cached: rate(cached ?? input, longContext?.cached) }),
		...(inputAudio !== undefined && { inputAudio }),
		...(outputMedia !== undefined && { outputMedia }),
		tiers: { ...(flex !== undefined && { flex }), ...(priority !== undefined && { priority }) },
	};
}
