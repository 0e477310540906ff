import type { PricedModel } from './priceTable';

/** Models that came after the data set, as Google's page of prices had them in November 2026. One goes once the data set has it. */
export const newerPrices: readonly PricedModel[] = [
	{
		id: 'gemini-4-argon',
		match: '^gemini-4-(?:argon|carbon)',
		rates: [
			{ input: 2, cached: 0.1, output: 10 },
			{ from: '2026-12-01', input: 4, cached: 0.2, output: 20 },
		],
	},
	{ id: 'gemini-4-neon', match: '^gemini-4-neon', rates: [{ input: 3, cached: 0.15, output: 15 }] },
	{ id: 'gemini-4-hydrogen', match: '^gemini-4-hydrogen', rates: [{ input: 1.5, cached: 0.075, output: 7.5 }] },
];
