import assert from 'node:assert/strict';
import { Failure, type FailureAction } from '../../../../src/pool/pool';
import {
	answers,
	fails,
	hangs,
	internal,
	Rig,
	rpm,
	type Asked,
	type Script,
	type Send,
} from '../../../support/pool/rig';

const ended = (...all: Asked[]): Promise<unknown> => Promise.all(all.map((asked) => asked.ended));
const tokens = (count: number): { size: { bytes: number; tokens: number } } => ({ size: { bytes: 0, tokens: count } });
const tpm = (limit: number, delayMs = 30_000): FailureAction => ({ type: 'coolDown', reason: 'tpm', limit, delayMs });

/** Answers, and says what the service counted. */
const counts = (input: number) =>
	async function* ({ key }: Pick<Send, 'key'>): ReturnType<typeof answers> {
		await Promise.resolve();
		yield { output: `from ${key}` };
		yield { finishReason: 'STOP', usage: { input, cached: 0, output: 1, thoughts: 0 } };
	};

describe('no prompt fails, and none waits in vain, that could have been answered', () => {
	it('behind images that do not fit, a text that does', async () => {
		const rig = new Rig({ a: { limits: { m: { tpm: 25_000 } } } }, (send) =>
			send.nth === 1 ? fails(rpm(10_000)) : answers(send),
		);
		await rig.answer({ maxWaitMs: 0 });
		const images = rig.ask(tokens(120 * 258));
		const text = rig.ask({ size: { bytes: 40_000, tokens: 0 } });
		await rig.clock.until(ended(images, text));
		assert.deepEqual([images.error?.reason, text.text], ['tooLargeForTier', 'from a']);
	});

	it('behind one that can wait for the model, one that cannot and whose fallback is free', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(8_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		const models = ['m', 'n'] as const;
		const patient = rig.ask({ models });
		const hasty = rig.ask({ models, maxWaitMs: 1_000 });
		await rig.clock.until(ended(patient, hasty));
		assert.deepEqual([patient.text, hasty.text, rig.sends[1]?.model], ['from a', 'from a', 'n']);
	});

	for (const maxWaitMs of [5_000, 120_000]) {
		it(`where a key that was refused early in the round is free again before the others (${maxWaitMs} ms)`, async () => {
			const rig = new Rig({ a: {}, b: {} }, (send, clock) => {
				if (send.key === 'a') return send.nth === 1 ? fails(rpm(2_000)) : answers(send);
				return (async function* () {
					yield* [];
					await new Promise<void>((resolve) => clock.after(4_000, resolve));
					throw new Failure(rpm(30_000), true, '');
				})();
			});
			const asked = await rig.answer({ maxWaitMs });
			assert.deepEqual([asked.text, rig.order, rig.elapsed], ['from a', 'a b a', 4_000]);
		});
	}

	it('where the other key for a server error cools down: it is waited for, and the first one left alone', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => {
			if (send.key === 'a') return fails(internal);
			return send.nth === 1 ? fails(rpm(20_000)) : answers(send);
		});
		assert.equal((await rig.answer()).text, 'from b');
		assert.equal(rig.order, 'a a a b b');
	});

	it('where a model hangs on every key: the fallback model is asked', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.model === 'm' ? hangs(send) : answers(send)));
		const asked = await rig.answer({ models: ['m', 'n'] });
		assert.equal(asked.error, undefined);
		assert.deepEqual(
			rig.sends.map(({ key, model }) => key + model),
			['am', 'am', 'am', 'bm', 'an'],
		);
		const alone = new Rig({ a: {} }, (send) => (send.model === 'm' ? hangs(send) : answers(send)));
		assert.equal((await alone.answer({ models: ['m', 'n'] })).text, 'from a');
	});

	it('where it is too large for free keys on one model alone', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.model === 'm' ? fails(tpm(1_000)) : counts(2_000)(send)));
		const asked = await rig.answer({ models: ['m', 'n'], ...tokens(2_000) });
		assert.deepEqual([asked.error, rig.sends.map(({ model }) => model).join(' ')], [undefined, 'm n']);
	});

	it('behind one that was refused as larger than a whole minute', async () => {
		const rig = new Rig({ free: {}, paid: { tier: 'paid' } }, (send) =>
			send.nth === 1 && send.key === 'free' ? fails(tpm(1_000, 60_000)) : counts(100)(send),
		);
		assert.equal((await rig.answer(tokens(2_000))).text, 'from paid');
		const { keys, usable } = rig.pool.snapshot();
		assert.deepEqual(
			[usable, keys[0]?.availability, keys[0]?.models[0]?.tokensThisMinute],
			[2, { state: 'usable' }, 0],
		);
		assert.deepEqual([(await rig.answer(tokens(100))).text, rig.elapsed], ['from free', 0]);
		assert.equal((await rig.answer({ ...tokens(2_000), needs: { free: true } })).error?.reason, 'tooLargeForTier');
		assert.equal(rig.order, 'free paid free');
	});

	it('after an image that cost more than is thought: texts are measured by texts', async () => {
		const rig = new Rig({ a: {} }, counts(1_120));
		await rig.answer({ size: { bytes: 300, tokens: 258 } });
		rig.setKeys({ a: { limits: { m: { tpm: 250_000 } } } });
		assert.equal((await rig.answer({ size: { bytes: 300_000, tokens: 0 } })).text, 'from a');
	});
});

describe('the line', () => {
	it('is kept by who was refused again and again: nobody who came later goes first', async () => {
		const order: string[] = [];
		let refusals = 4;
		const rig = new Rig({ a: { limits: { m: { rpm: 3 } } } }, answers);
		const ask = async (id: string): Promise<void> => {
			const script = (): ReturnType<Script> =>
				id === 'first' && refusals-- > 0 ? fails(rpm(5_000)) : counts(1)({ key: 'a' });
			for await (const part of rig.pool.stream(rig.request({ id, maxWaitMs: 900_000 }), script)) {
				if (part.type === 'done') order.push(id);
			}
		};
		const all = [ask('first')];
		await rig.clock.settle();
		for (let n = 0; n < 12; n++) all.push(ask(`later ${n}`));
		await rig.clock.until(Promise.all(all));
		assert.ok(order.indexOf('first') < 4, order.join(', '));
	});

	it('is looked at when there is room for the tokens, not at every tick after a cooldown', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 2 ? fails(tpm(1_000, 3_000)) : counts(900)(send)));
		await rig.answer(tokens(900));
		await rig.answer({ ...tokens(400), maxWaitMs: 0 });
		await rig.clock.advance(4_000);
		// The one call that the stated delay is worth.
		await rig.answer(tokens(10));
		const asked = rig.ask(tokens(400));
		await rig.clock.advance(10_000);
		assert.deepEqual(
			asked.parts.map((part) => part.type === 'waiting' && part.inMs),
			[56_150],
		);
	});

	it('is left at once where the tokens are known to come too late, though some come before', async () => {
		const rig = new Rig({ a: { limits: { m: { tpm: 1_000 } } } }, (send) => counts(send.nth === 1 ? 50 : 900)(send));
		await rig.answer(tokens(50));
		await rig.clock.advance(30_000);
		await rig.answer(tokens(800));
		const began = rig.elapsed;
		const asked = await rig.answer({ ...tokens(400), maxWaitMs: 40_000 });
		assert.deepEqual([asked.error?.reason, rig.elapsed], ['waitedTooLong', began]);
	});
});

describe('a request that is too large for a free key', () => {
	it('asks no other free key whose limit is not known, but a paid one', async () => {
		const large = { size: { bytes: 80_000, tokens: 0 } };
		const rig = new Rig({ a: {}, b: {}, rich: { tier: 'paid' } }, (send) =>
			send.key === 'rich' ? counts(20_000)(send) : fails(tpm(10_000, 5_000)),
		);
		await rig.answer(large);
		await rig.clock.advance(61_000);
		await rig.answer(large);
		assert.equal(rig.order, 'a rich rich');
		// A small one still goes to all.
		await rig.answer(tokens(10));
		assert.equal(rig.order, 'a rich rich a b rich');
	});
});
