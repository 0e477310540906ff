import assert from 'node:assert/strict';
import { calcPrice } from '@pydantic/genai-prices';
import type { ServiceTier, Usage } from '../../../src/pool/pool';
import { googlePrices } from '../../../src/prices/googlePrices';
import { newerPrices } from '../../../src/prices/newerPrices';
import { createPrices, priceListAge } from '../../../src/prices/priceList';
import { seeded } from '../../support/simulator/stand';
import { overridesOf, type OwnPrice } from '../../../src/prices/ownPrices';

const prices = createPrices(() => ({}));
const autumn = Date.UTC(2026, 10, 29);
const standard = { serviceTier: 'standard' as const, at: autumn };

/** What the library charges for the same, in whole millionths of a dollar. */
function byLibrary(usage: Usage, model: string, at: number): number | undefined {
	const { input, cached, output, thoughts, inputAudio, cachedAudio, outputMedia } = usage;
	const result = calcPrice(
		{
			input_tokens: input,
			cache_read_tokens: cached,
			output_tokens: output + thoughts,
			...(inputAudio !== undefined && { input_audio_tokens: inputAudio }),
			...(cachedAudio !== undefined && { cache_audio_read_tokens: cachedAudio }),
			...(outputMedia !== undefined && { output_image_tokens: outputMedia }),
		},
		model,
		{ providerId: 'google', timestamp: new Date(at) },
	);
	return result ? Math.max(0, Math.ceil(result.total_price * 1e6 - 1e-6)) : undefined;
}

const tokens = (input: number, cached: number, output: number, thoughts: number): Usage => ({
	...{ input, cached, output, thoughts },
});

/** Of every size, from a few tokens to a whole context. */
function manyUsages(count: number): readonly Usage[] {
	const random = seeded(50);
	const upTo = (most: number): number => Math.floor(most ** random());
	return Array.from({ length: count }, () => {
		const input = upTo(1_000_000);
		return tokens(input, Math.floor(input * random()), upTo(60_000), upTo(5_000));
	});
}

/** Cache, thoughts, prompts on either side of the long-context bound, and both sides of the day on which rates change. */
const usages: readonly Usage[] = [
	tokens(1_000, 0, 100, 0),
	tokens(12_345, 0, 678, 9_012),
	tokens(50_000, 48_111, 2_000, 500),
	tokens(200_000, 0, 1, 0),
	tokens(200_001, 0, 1, 0),
	tokens(777_777, 700_000, 65_000, 536),
	...manyUsages(44),
];
const models = [
	...['gemini-3.8-flash', 'gemini-3.7-flash', 'gemini-3.6-flash', 'gemini-3.5-flash', 'gemini-3.5-flash-lite'],
	...['gemini-3-pro-preview', 'gemini-3.1-pro-preview', 'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite'],
	...['gemini-2.5-pro-preview-06-05', 'GEMINI-3.8-FLASH', 'gemini-2.0-flash-001', 'gemini-1.5-pro', 'gemma-3-27b-it'],
	'gemini-embedding-001',
];
const days = [autumn, Date.UTC(2026, 11, 31, 23, 59, 59, 999), Date.UTC(2027, 0, 1), Date.UTC(2027, 5, 1)];

describe('prices', () => {
	it('a quota’s name for a preview costs as the preview: after a first 429 the model is known by that name', () => {
		const usage = tokens(12_345, 0, 678, 9_012);
		const cost = (of: typeof prices, model: string): number => of.costOf(usage, { model, ...standard });
		assert.equal(cost(prices, 'gemini-3-flash'), cost(prices, 'gemini-3-flash-preview'));
		assert.equal(cost(prices, 'gemini-3.1-pro'), cost(prices, 'gemini-3.1-pro-preview'));
		const own = createPrices(() => ({ 'gemini-3-flash-preview': { input: 1, output: 1 } }));
		assert.equal(cost(own, 'gemini-3-flash'), 12_345 + 678 + 9_012);
		assert.ok(cost(prices, 'gemini-unknown') > cost(prices, 'gemini-3.1-pro'));
	});

	it('are the library’s own, to a millionth of a dollar', () => {
		let compared = 0;
		for (const model of models) {
			for (const usage of usages) {
				for (const at of days) {
					const expected = byLibrary(usage, model, at);
					assert.notEqual(expected, undefined, model);
					const cost = prices.costOf(usage, { model, serviceTier: 'standard', at });
					assert.equal(cost, expected, `${model} ${JSON.stringify(usage)} at ${new Date(at).toISOString()}`);
					compared++;
				}
			}
		}
		assert.ok(usages.length >= 50 && compared === usages.length * models.length * days.length);
	});

	it('know every name that the library knows of Google’s models', () => {
		for (const { id } of googlePrices.models) {
			const usage = tokens(1_000, 0, 1_000, 0);
			const detail = { ...usage, outputMedia: 0 };
			assert.equal(prices.costOf(detail, { ...standard, model: id }), byLibrary(usage, id, autumn), id);
		}
	});

	it('know models that came after the library’s, until it does: as unknown ones they cost as little as half of what Google takes', () => {
		const december = Date.UTC(2026, 11, 1);
		const costs = (model: string, at = december) =>
			[tokens(100_000, 0, 600, 400), tokens(100_000, 100_000, 0, 0)].map((usage) =>
				prices.costOf(usage, { model, serviceTier: 'standard', at }),
			);
		for (const model of ['gemini-4-argon', 'gemini-4-carbon']) {
			assert.deepEqual([costs(model, december - 1), costs(model)].flat(), [210_000, 10_000, 420_000, 20_000], model);
		}
		assert.deepEqual(costs('gemini-4-neon'), [315_000, 15_000]);
		assert.deepEqual(costs('gemini-4-hydrogen'), [157_500, 7_500]);
		for (const { id } of newerPrices) assert.equal(byLibrary(tokens(1, 0, 1, 0), id, december), undefined, id);
	});

	it('tell sound in a prompt, cached or not, and pictures in an answer from text', () => {
		const spoken = { ...tokens(10_000, 0, 100, 0), inputAudio: 9_000 };
		assert.equal(
			prices.costOf(spoken, { ...standard, model: 'gemini-2.5-flash' }),
			byLibrary(spoken, 'gemini-2.5-flash', autumn),
		);
		const cached = { ...spoken, cached: 9_500, cachedAudio: 8_700 };
		for (const model of ['gemini-2.5-flash', 'gemini-3-flash-preview', 'gemini-3.1-flash-lite'])
			assert.equal(prices.costOf(cached, { ...standard, model }), byLibrary(cached, model, autumn), model);
		const drawn = { ...tokens(100, 0, 1_400, 0), outputMedia: 1_290 };
		assert.equal(
			prices.costOf(drawn, { ...standard, model: 'gemini-2.5-flash-image' }),
			byLibrary(drawn, 'gemini-2.5-flash-image', autumn),
		);
	});

	it('take sound for text where the model has no price of its own for it', () => {
		const own = createPrices(() => ({ 'gemini-9-ultra': { input: 10, output: 20 } }));
		const spoken = { ...tokens(1_000, 200, 0, 0), inputAudio: 900 };
		assert.equal(own.costOf(spoken, { ...standard, model: 'gemini-9-ultra' }), 10_000);
	});

	it('take an answer of a picture model whole for pictures where nobody says what it holds', () => {
		const cost = prices.costOf(tokens(0, 0, 1_000, 0), { ...standard, model: 'gemini-2.5-flash-image' });
		assert.equal(cost, 30_000);
	});

	it('count an unknown model as the dearest known one', () => {
		for (const usage of usages) {
			const each = [...newerPrices, ...googlePrices.models].map(({ id }) =>
				prices.costOf({ ...usage, outputMedia: 0 }, { ...standard, model: id }),
			);
			const unknown = prices.costOf(usage, { ...standard, model: 'gemini-9-ultra' });
			assert.equal(unknown, Math.max(...each));
		}
		assert.ok(!prices.knows('gemini-9-ultra'));
		assert.ok(prices.knows('gemini-3.8-flash-002'));
	});

	it('follow the service tier', () => {
		const cost = (serviceTier: ServiceTier): number =>
			prices.costOf(tokens(1_000_000, 0, 0, 0), { model: 'gemini-3.8-flash', serviceTier, at: autumn });
		assert.deepEqual([cost('flex'), cost('standard'), cost('priority')], [375_000, 750_000, 1_350_000]);
	});

	it('are at most what is reserved for as many tokens', () => {
		for (const model of [...models, 'gemini-2.5-flash-image', 'unknown']) {
			for (const usage of usages) {
				for (const inputAudio of [0, usage.input]) {
					const call = { ...standard, model };
					const most = prices.maxCostOf({ input: usage.input, output: usage.output + usage.thoughts }, call);
					assert.ok(prices.costOf({ ...usage, inputAudio }, call) <= most, model);
				}
			}
		}
	});

	it('round up, and not for the noise of decimal fractions', () => {
		const cost = (input: number): number =>
			prices.costOf(tokens(input, 0, 0, 0), { ...standard, model: 'gemini-2.5-flash-lite' });
		assert.deepEqual([cost(0), cost(1), cost(10), cost(30), cost(31)], [0, 1, 1, 3, 4]);
	});
});

describe('prices of one’s own', () => {
	const own: Readonly<Record<string, OwnPrice>> = {
		'gemini-3.8-flash': { input: 1, output: 2, priority: 3 },
		'gemini-9-*': { input: 10, cached: 1, output: 20, longContext: { above: 1_000, input: 30 } },
	};

	it('go before the list, by name and by beginning', () => {
		const mine = createPrices(() => own);
		const cost = (model: string, usage: Usage, serviceTier: ServiceTier = 'standard'): number =>
			mine.costOf(usage, { model, serviceTier, at: autumn });
		assert.equal(cost('gemini-3.8-flash', tokens(100, 50, 10, 10)), 140);
		assert.equal(cost('gemini-3.8-flash', tokens(100, 50, 10, 10), 'priority'), 420);
		assert.equal(cost('gemini-9-ultra', tokens(1_000, 500, 0, 0)), 5_500);
		assert.equal(cost('gemini-9-ultra', tokens(1_001, 0, 1, 0)), 30_050);
		assert.equal(cost('gemini-2.5-flash', tokens(1_000, 0, 0, 0)), 300);
		const lite = { ...standard, model: 'gemini-3.8-flash-lite' };
		assert.equal(cost(lite.model, tokens(1_000, 0, 0, 0)), prices.costOf(tokens(1_000, 0, 0, 0), lite));
	});

	it('take of a long prompt what the cache had at its own price, also where a short one has none', () => {
		const model = 'gemini-9-ultra';
		const longContext = { above: 1_000, input: 30, cached: 3 };
		const mine = createPrices(() => ({ [model]: { input: 10, output: 20, longContext } }));
		const cost = (input: number, cached: number): number =>
			mine.costOf(tokens(input, cached, 0, 0), { ...standard, model });
		assert.deepEqual([cost(1_000, 500), cost(2_000, 1_000)], [10_000, 33_000]);
	});

	it('are those of the longest beginning that fits, in whichever order they stand', () => {
		const [all, some] = [
			{ input: 1, output: 1 },
			{ input: 2, output: 2 },
		];
		for (const both of [
			{ 'gemini-*': all, 'gemini-3.8-*': some },
			{ 'gemini-3.8-*': some, 'gemini-*': all },
		]) {
			const mine = createPrices(() => both);
			const cost = (model: string): number => mine.costOf(tokens(1_000, 0, 0, 0), { ...standard, model });
			assert.deepEqual([cost('gemini-3.8-flash'), cost('gemini-2.5-pro')], [2_000, 1_000]);
		}
	});

	it('count from the moment that they are set', () => {
		let current: Readonly<Record<string, OwnPrice>> = {};
		const mine = createPrices(() => current);
		const cost = (): number => mine.costOf(tokens(1_000, 0, 0, 0), { ...standard, model: 'gemini-3.8-flash' });
		assert.equal(cost(), 750);
		current = own;
		assert.equal(cost(), 1_000);
		current = {};
		assert.equal(cost(), 750);
	});

	it('count by the name in Google’s list of models, too', () => {
		const mine = createPrices(() => ({ 'models/gemini-3.8-flash': { input: 1, output: 2 } }));
		assert.equal(mine.costOf(tokens(1_000, 0, 0, 0), { ...standard, model: 'gemini-3.8-flash' }), 1_000);
	});

	it('leave no field of theirs out', () => {
		const all: OwnPrice = {
			...{ input: 1, output: 2, cached: 3, inputAudio: 4, outputMedia: 5, flex: 6, priority: 7 },
			longContext: { above: 8, input: 9, cached: 10, output: 11 },
		};
		assert.deepEqual(overridesOf({ m: all }), {
			m: {
				...{ input: [1, [8, 9]], output: [2, [8, 11]], cached: [3, [8, 10]], inputAudio: 4, outputMedia: 5 },
				tiers: { flex: 6, priority: 7 },
			},
		});
	});
});

describe('the day of the price list', () => {
	it('is told, and is old after ninety days', () => {
		const day = 24 * 3_600_000;
		const since = Date.parse(googlePrices.date);
		assert.match(googlePrices.date, /^20\d\d-\d\d-\d\d$/);
		assert.deepEqual(priceListAge(since + 90 * day), { date: googlePrices.date, isOld: false });
		assert.deepEqual(priceListAge(since + 90 * day + 1), { date: googlePrices.date, isOld: true });
	});
});
