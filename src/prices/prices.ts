import type { MaxTokens, MicroDollars, PricedCall, Pricing, ServiceTier, Usage } from '../pool/pool';
import type { PriceTable, Rate, Rates } from './priceTable';

/** Tokens that no answer of today's models exceeds, thoughts among them. */
const maxOutputTokens = 65_536;
/** The service halves the price for flex, and takes 1.8 times as much for priority (the table's source, 2026-09). */
const tierFactors: Readonly<Record<ServiceTier, number>> = { flex: 0.5, standard: 1, priority: 1.8 };

/** Own prices by model: a name, or its beginning and a `*`; the longest beginning counts. */
export type PriceOverrides = Readonly<Record<string, Rates>>;

/** What calls cost by Google's list, except where a person says otherwise. */
export class Prices implements Pricing {
	private readonly patterns: readonly (readonly [RegExp, readonly Rates[]])[];
	/** Which rates a model has, as far as it was asked for; bounded. */
	private readonly known = new Map<string, readonly Rates[] | undefined>();
	private usedOverrides: PriceOverrides | undefined;

	constructor(
		{ models }: PriceTable,
		/** Asked at each call: a changed setting counts at once. */
		private readonly overrides: () => PriceOverrides,
	) {
		this.patterns = models.map(({ match, rates }) => [new RegExp(match, 'i'), rates]);
	}

	costOf(usage: Usage, call: PricedCall): MicroDollars {
		const { input, cached, output, thoughts, inputAudio = 0, cachedAudio = 0, outputMedia } = usage;
		const total = output + thoughts;
		return this.priced(call, (rates) => {
			const audio = rates.inputAudio === undefined ? 0 : Math.min(inputAudio, input);
			const soundFromCache = Math.min(cachedAudio, audio, cached);
			const fromCache = Math.min(cached - soundFromCache, input - audio);
			// Where nobody says what an answer holds, it is what costs most.
			const media = rates.outputMedia === undefined ? 0 : Math.min(outputMedia ?? output, total);
			return (
				rateAt(rates.input, input) * (input - audio - fromCache) +
				rateAt(rates.cached ?? rates.input, input) * fromCache +
				(rates.inputAudio ?? 0) * (audio - soundFromCache) +
				(rates.cachedAudio ?? rates.inputAudio ?? 0) * soundFromCache +
				rateAt(rates.output, input) * (total - media) +
				(rates.outputMedia ?? 0) * media
			);
		});
	}

	maxCostOf({ input, output }: MaxTokens, call: PricedCall): MicroDollars {
		return this.priced(
			call,
			(rates) =>
				Math.max(rateAt(rates.input, input), rateAt(rates.cached ?? 0, input), rates.inputAudio ?? 0) * input +
				Math.max(rateAt(rates.output, input), rates.outputMedia ?? 0) * output,
		);
	}

	maxOutput(): number {
		return maxOutputTokens;
	}

	/** Whether a price is known, by the list or by the person's own. */
	knows(model: string): boolean {
		return this.ratesOf(model) !== undefined;
	}

	/** A model without a price costs as the dearest known one would, for a text. */
	private priced({ model, serviceTier, at }: PricedCall, sum: (rates: Rates) => number): MicroDollars {
		const cost = (rates: Rates): number => sum(rates) * factorOf(serviceTier, rates);
		const known = this.ratesOf(model);
		if (known) return wholeUp(cost(ratesAt(known, at)));
		return wholeUp(Math.max(...this.patterns.map(([, rates]) => cost(ofText(ratesAt(rates, at))))));
	}

	private ratesOf(model: string): readonly Rates[] | undefined {
		const overrides = this.overrides();
		if (overrides !== this.usedOverrides || this.known.size >= mostKnown) this.known.clear();
		this.usedOverrides = overrides;
		// A quota, by which a model may be known, names a preview without that ending.
		const find = (): readonly Rates[] | undefined =>
			this.find(model, overrides) ?? this.find(`${model}-preview`, overrides);
		if (!this.known.has(model)) this.known.set(model, find());
		return this.known.get(model);
	}

	private find(model: string, overrides: PriceOverrides): readonly Rates[] | undefined {
		const [beginning = model] = Object.keys(overrides)
			.filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
			.sort((a, b) => b.length - a.length);
		const name = Object.hasOwn(overrides, model) ? model : beginning;
		const own = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
		return own ? [own] : this.patterns.find(([pattern]) => pattern.test(model))?.[1];
	}
}

/** Models whose rates are kept ready. */
const mostKnown = 200;

function factorOf(tier: ServiceTier, { tiers }: Rates): number {
	return (tier === 'standard' ? undefined : tiers?.[tier]) ?? tierFactors[tier];
}

function ofText({ inputAudio, cachedAudio, outputMedia, ...rates }: Rates): Rates {
	return rates;
}

function ratesAt(rates: readonly Rates[], at: number): Rates {
	const last = rates.findLast(({ from }) => from === undefined || at >= Date.parse(from));
	return last ?? rates[0] ?? { input: 0, output: 0 };
}

/** The size of the prompt decides for all of its tokens, and for those of the answer. */
function rateAt(rate: Rate, promptTokens: number): number {
	if (typeof rate === 'number') return rate;
	const [base, ...above] = rate;
	return above.findLast(([tokens]) => promptTokens > tokens)?.[1] ?? base;
}

/** Sums of decimal fractions are off by less than this. */
const noise = 1e-6;

function wholeUp(cost: number): MicroDollars {
	return Math.max(0, Math.ceil(cost - noise));
}
