import assert from 'node:assert/strict';
import { chargeOf, endOf, maxTokensOf, type CallEnd } from '../../../../src/pool/budget/charge';
import type { Pricing, Received } from '../../../../src/pool/pool';
import { grantOf } from '../../../support/pool/grant';
import { plainPricing } from '../../../support/pool/pricing';

const sentAt = Date.UTC(2026, 10, 24, 20);
const size = { bytes: 400, tokens: 0 };
const grant = { ...grantOf(), tier: 'paid', likelyTokens: 100, size, sentAt } as const;
const usage = { input: 100, cached: 0, output: 10, thoughts: 5 };

describe('the most that a call can come to', () => {
	it('has a token for each byte, what is known beforehand, and a frame', () => {
		assert.equal(maxTokensOf({ bytes: 400, tokens: 258 }, 'm', plainPricing).input, 400 + 258 + 256);
	});

	it('has for each answer as much as the model can, or as was asked for', () => {
		const output = (more: object): number => maxTokensOf({ ...size, ...more }, 'm', plainPricing).output;
		assert.deepEqual(
			[output({}), output({ answers: 2 }), output({ answers: 2, maxOutput: 10 }), output({ maxOutput: 9_999 })],
			[1_000, 2_000, 20, 1_000],
		);
	});
});

describe('the end of a call', () => {
	it('is priced by whether the service had it, refused it, failed, or may have gone on', () => {
		assert.deepEqual(
			[
				endOf({ sent: false, status: 429 }, true),
				endOf({ sent: true, status: 429 }, true),
				endOf({ sent: true, status: 500 }, false),
				endOf({ sent: true, status: undefined }, false),
			].map(({ type }) => type),
			['unsent', 'refused', 'failed', 'cut'],
		);
	});
});

describe('what a call has come to', () => {
	const charge = (
		type: CallEnd['type'],
		received: Received = {},
		ms = 0,
		pricing: Pricing | undefined = plainPricing,
	) => chargeOf(grant, { type }, received, pricing, sentAt + ms);

	it('is what the service counted, thoughts among the tokens', () => {
		assert.deepEqual(charge('answered', { usage }), {
			...{ cost: 130, listCost: 130, usage, tokens: 115, isCounted: true },
		});
		assert.deepEqual([charge('failed', { usage }).cost, charge('failed').cost], [130, 0]);
	});

	it('is nothing, and no request of the day, where the service refused it or never had it', () => {
		for (const end of ['refused', 'unsent'] as const) {
			const { cost, tokens, isCounted } = charge(end, { usage });
			assert.deepEqual([cost, tokens, isCounted], [0, undefined, false], end);
		}
		assert.deepEqual([charge('failed').isCounted, charge('cut').isCounted], [true, true]);
	});

	it('is, of an answer that was cut, the likely prompt and what a model writes in the time, at the most what it can', () => {
		const cut = (ms: number, received?: Received) => {
			const { input, output } = charge('cut', received, ms).usage ?? assert.fail();
			return [input, output];
		};
		assert.deepEqual(cut(0), [100, 0]);
		assert.deepEqual(cut(1_200), [100, 600]);
		assert.deepEqual(cut(60_000), [100, 1_000]);
		// A clock that went backwards.
		assert.deepEqual(cut(-60_000), [100, 0]);
		const told = { input: 90, cached: 0, output: 300, thoughts: 200 };
		assert.deepEqual(cut(1_000, { usage: told }), [90, 300]);
		assert.deepEqual(cut(1_200, { usage: told }), [90, 400]);
		const heard = charge('cut', { usage: { ...told, inputAudio: 80, outputMedia: 0 } }).usage;
		assert.deepEqual([heard?.inputAudio, heard?.outputMedia], [80, undefined], 'sound costs as sound');
		const short = { ...grant, likelyTokens: 9_999 };
		assert.equal(chargeOf(short, { type: 'cut' }, {}, plainPricing, sentAt).usage?.input, 656);
	});

	it('is charged by the model and the service tier that answered, as rates were when it was sent', () => {
		const calls: unknown[] = [];
		const pricing: Pricing = { ...plainPricing, costOf: (_, call) => calls.push(call) };
		charge('answered', { usage }, 5, pricing);
		charge('answered', { usage, servedModel: 'other', serviceTier: 'flex' }, 5, pricing);
		assert.deepEqual(calls, [
			{ model: 'm', serviceTier: 'standard', at: sentAt },
			{ model: 'other', serviceTier: 'flex', at: sentAt },
		]);
	});

	it('costs a free project nothing, and what it would cost is told beside it', () => {
		const { cost, listCost } = chargeOf(
			{ ...grant, tier: 'free' },
			{ type: 'answered' },
			{ usage },
			plainPricing,
			sentAt,
		);
		assert.deepEqual([cost, listCost], [0, 130]);
	});

	it('is unknown where no prices are, and its tokens are counted all the same', () => {
		const known = chargeOf(grant, { type: 'answered' }, { usage }, undefined, sentAt);
		assert.deepEqual([known.cost, known.listCost, known.tokens], [undefined, 0, 115]);
	});
});
