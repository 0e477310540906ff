// Made by scripts/package/prices.cjs of @pydantic/genai-prices 0.1.8 (MIT, Copyright Pydantic Services Inc.): not to be edited.
import type { PriceTable } from './priceTable';

/** Google's list prices in dollars for a million tokens, which are millionths of a dollar for each. */
export const googlePrices: PriceTable = {
	date: '2026-09-23',
	models: [
		{
			id: 'gemini-1.0-pro-vision-001',
			match: '^gemini-1\\.0-pro-vision-001$',
			rates: [{ input: 0.125, output: 0.375 }],
		},
		{
			id: 'gemini-1.5-flash',
			match: 'gemini-1\\.5-flash',
			rates: [{ input: [0.075, [128000, 0.15]], cached: [0.01875, [128000, 0.0375]], output: [0.3, [128000, 0.6]] }],
		},
		{
			id: 'gemini-1.5-pro',
			match: 'gemini-1\\.5-pro',
			rates: [{ input: [1.25, [128000, 2.5]], output: [5, [128000, 10]] }],
		},
		{
			id: 'gemini-2.0-flash',
			match:
				'gemini-2\\.0-flash$|gemini-2\\.0-flash-0|gemini-2\\.0-flash-exp|gemini-2\\.0-flash-thinking|gemini-2\\.0-flash-latest',
			rates: [{ input: 0.1, cached: 0.025, output: 0.4, inputAudio: 0.7 }],
		},
		{ id: 'gemini-2.0-flash-lite', match: 'gemini-2\\.0-flash-lite', rates: [{ input: 0.075, output: 0.3 }] },
		{
			id: 'gemini-2.5-flash',
			match: '^gemini-2\\.5-flash$|^gemini-2\\.5-flash-latest$|^gemini-2\\.5-flash-preview-09-2025$',
			rates: [{ input: 0.3, cached: 0.03, output: 2.5, inputAudio: 1 }],
		},
		{
			id: 'gemini-2.5-flash-image',
			match: '^gemini-2\\.5-flash-image$|^gemini-2\\.5-flash-image-preview$',
			rates: [{ input: 0.3, output: 2.5, outputMedia: 30 }],
		},
		{
			id: 'gemini-2.5-flash-lite',
			match: '^gemini-2\\.5-flash-lite$|^(?=gemini-2\\.5-flash-lite-preview)(?=(?!.*-[tT][tT][sS](?:$|-)))',
			rates: [{ input: 0.1, cached: 0.01, output: 0.4, inputAudio: 0.3 }],
		},
		{
			id: 'gemini-2.5-flash-lite-preview-tts',
			match: '^gemini-2\\.5-flash-lite-preview-tts$',
			rates: [{ input: 0.5, output: 10 }],
		},
		{
			id: 'gemini-2.5-flash-preview',
			match:
				'gemini-2\\.5-flash-preview-05-20|gemini-2\\.5-flash-preview-04-17|^gemini-2\\.5-flash-preview-05-20:thinking$|^gemini-2\\.5-flash-preview$|^gemini-2\\.5-flash-preview:thinking$',
			rates: [{ input: 0.15, output: 0.6 }],
		},
		{
			id: 'gemini-2.5-flash-tts',
			match: '^gemini-2\\.5-flash-tts$|^gemini-2\\.5-flash-preview-tts$',
			rates: [{ input: 0.5, output: 10 }],
		},
		{
			id: 'gemini-2.5-pro',
			match: '^(?=gemini-2\\.5-pro)(?=(?!.*-[tT][tT][sS](?:$|-)))',
			rates: [{ input: [1.25, [200000, 2.5]], cached: [0.125, [200000, 0.25]], output: [10, [200000, 15]] }],
		},
		{
			id: 'gemini-2.5-pro-tts',
			match: '^gemini-2\\.5-pro-tts$|^gemini-2\\.5-pro-preview-tts$',
			rates: [{ input: 1, output: 20 }],
		},
		{
			id: 'gemini-3-flash-preview',
			match: '^gemini-3-flash-preview$|^gemini-3-flash-preview-',
			rates: [{ input: 0.5, cached: 0.05, output: 3, inputAudio: 1 }],
		},
		{
			id: 'gemini-3-pro-image-preview',
			match: '^gemini-3-pro-image$|^gemini-3-pro-image-preview',
			rates: [{ input: 2, output: 12, outputMedia: 120 }],
		},
		{
			id: 'gemini-3-pro-preview',
			match: '^gemini-3-pro-preview|^gemini-3-pro-text-preview$',
			rates: [{ input: [2, [200000, 4]], cached: [0.2, [200000, 0.4]], output: [12, [200000, 18]] }],
		},
		{
			id: 'gemini-3.1-flash-image-preview',
			match: '^gemini-3\\.1-flash-image$|^gemini-3\\.1-flash-image-preview',
			rates: [{ input: 0.5, output: 3, outputMedia: 60 }],
		},
		{
			id: 'gemini-3.1-flash-lite',
			match: '^gemini-3\\.1-flash-lite$|^gemini-3\\.1-flash-lite-preview',
			rates: [{ input: 0.25, cached: 0.025, output: 1.5, inputAudio: 0.5 }],
		},
		{
			id: 'gemini-3.1-flash-lite-image',
			match: '^gemini-3\\.1-flash-lite-image',
			rates: [{ input: 0.25, output: 1.5, outputMedia: 30 }],
		},
		{
			id: 'gemini-3.1-flash-live-preview',
			match: '^gemini-3\\.1-flash-live-preview',
			rates: [{ input: 0.75, output: 4.5, inputAudio: 3, outputMedia: 12 }],
		},
		{
			id: 'gemini-3.1-pro-preview',
			match: '^gemini-3\\.1-pro-preview',
			rates: [{ input: [2, [200000, 4]], cached: [0.2, [200000, 0.4]], output: [12, [200000, 18]] }],
		},
		{
			id: 'gemini-3.5-flash',
			match: '^gemini-3\\.5-flash$|^gemini-3\\.5-flash-preview|^gemini-3\\.5-flash-\\d',
			rates: [{ input: 1.5, cached: 0.15, output: 9 }],
		},
		{
			id: 'gemini-3.5-flash-lite',
			match: '^gemini-3\\.5-flash-lite',
			rates: [{ input: 0.3, cached: 0.03, output: 2.5 }],
		},
		{
			id: 'gemini-3.6-flash',
			match: '^gemini-3\\.6-flash',
			rates: [
				{ input: 0.75, cached: 0.075, output: 3.75 },
				{ from: '2027-01-01', input: 1.5, cached: 0.15, output: 7.5 },
			],
		},
		{
			id: 'gemini-3.7-flash',
			match: '^gemini-3\\.7-flash',
			rates: [
				{ input: 0.75, cached: 0.075, output: 3.75 },
				{ from: '2027-01-01', input: 1.5, cached: 0.15, output: 7.5 },
			],
		},
		{
			id: 'gemini-3.8-flash',
			match: '^gemini-3\\.8-flash',
			rates: [
				{ input: 0.75, cached: 0.075, output: 3.75 },
				{ from: '2027-01-01', input: 1.5, cached: 0.15, output: 7.5 },
			],
		},
		{ id: 'gemini-embedding-001', match: '^gemini-embedding-001$', rates: [{ input: 0.15, output: 0 }] },
		{ id: 'gemini-embedding-2', match: '^gemini-embedding-2$', rates: [{ input: 0.2, output: 0, inputAudio: 6.5 }] },
		{
			id: 'gemini-flash-1.5',
			match: '^gemini-flash-1\\.5$',
			rates: [{ input: [0.075, [128000, 0.15]], cached: [0.01875, [128000, 0.0375]], output: [0.3, [128000, 0.6]] }],
		},
		{
			id: 'gemini-flash-1.5-8b',
			match: '^gemini-flash-1\\.5-8b$',
			rates: [{ input: [0.0375, [128000, 0.075]], cached: [0.01, [128000, 0.02]], output: [0.15, [128000, 0.3]] }],
		},
		{
			id: 'gemini-live-2.5-flash',
			match:
				'^gemini-live-2\\.5-flash|^gemini-2\\.5-flash-native-audio-preview|^gemini-2\\.5-flash-native-audio-latest$',
			rates: [{ input: 0.5, output: 2, inputAudio: 3, outputMedia: 12 }],
		},
		{
			id: 'gemini-omni-flash-preview',
			match: '^gemini-omni-flash-preview',
			rates: [{ input: 1.5, output: 9, outputMedia: 17.5 }],
		},
		{ id: 'gemini-pro', match: '^gemini-pro$|^gemini-1\\.0-pro$', rates: [{ input: 0.125, output: 0.375 }] },
		{
			id: 'gemini-pro-1.5',
			match: '^gemini-pro-1\\.5$',
			rates: [{ input: [1.25, [128000, 2.5]], cached: [0.3125, [128000, 0.625]], output: [5, [128000, 10]] }],
		},
		{ id: 'gemma-2-27b-it', match: '^gemma-2-27b-it$', rates: [{ input: 0.65, output: 0.65 }] },
		{ id: 'gemma-3', match: '^gemma-3-|^gemma-3$', rates: [{ input: 0, output: 0 }] },
		{ id: 'gemma-3n', match: '^gemma-3n', rates: [{ input: 0, output: 0 }] },
		{ id: 'gemma-4-26b-a4b-it', match: '^gemma-4-26b-a4b-it$', rates: [{ input: 0, output: 0 }] },
		{
			id: 'gemma-4-26b-a4b-it-maas',
			match: '^gemma-4-26b-a4b-it-maas$',
			rates: [{ input: 0.15, cached: 0.015, output: 0.6 }],
		},
		{ id: 'gemma-4-31b-it', match: '^gemma-4-31b-it$', rates: [{ input: 0, output: 0 }] },
	],
};
