import assert from 'node:assert/strict';
import { createAsk, type BudgetAnswer, type OverBudget } from '../../src/ask';
import type { Piece, Prompt } from '../../src/gemini/gemini';
import { sizeOf } from '../../src/gemini/request/requestSize';
import { PoolError, type Budget, type OpenStream, type PoolFacts } from '../../src/pool/pool';
import { plainPricing } from '../support/pool/pricing';
import { answers, Rig, type KeyPlan } from '../support/pool/rig';
import { settingsOf, Written } from '../support/written';

const never = new AbortController().signal;
const prompt = (options: Prompt['options'] = {}): Prompt => ({
	turns: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
	options,
});

const paid: Readonly<Record<string, KeyPlan>> = { a: { tier: 'paid' } };

/** The door over a pool whose budget lacks a little for one more question. */
async function door(
	answer: (facts: PoolFacts, rig: Rig) => Promise<BudgetAnswer>,
	keys = paid,
	pool: Budget = { day: 0.0023 },
) {
	const rig = new Rig(keys, answers, { pricing: plainPricing, budgets: { pool } });
	for (let n = 0; n < Object.keys(keys).length; n++) await rig.answer({ size: { bytes: 5, tokens: 0 } });
	rig.sends.splice(0);
	const asked: PoolFacts[] = [];
	const overBudget: OverBudget = (facts) => {
		asked.push(facts);
		return answer(facts, rig);
	};
	const open = (): OpenStream<Piece> =>
		async function* (on, signal) {
			for await (const { output: _, ...chunk } of rig.open({ ...on, written: [] }, signal)) yield chunk;
		};
	let ids = 0;
	const ask = createAsk({
		...{ pool: rig.pool, gemini: { open, cost: sizeOf }, overBudget, newId: () => `q${++ids}` },
		settings: settingsOf(new Written({ model: 'm', fallbackModels: [] })),
		models: { inputLimit: () => undefined },
		blockedReason: () => Promise.resolve(undefined),
	});
	const ended = async (origin = 'chat', options: Prompt['options'] = {}, signal = never): Promise<string> => {
		const stream = ask(prompt(options), { origin }, signal);
		try {
			for await (const part of stream) if (part.type === 'done') return `answered after ${stream.attempts.length}`;
		} catch (error) {
			assert.ok(error instanceof PoolError);
			return error.reason;
		}
		return 'nothing';
	};
	return { rig, asked, ended };
}

describe('a question that a budget does not allow', () => {
	it('is asked about, and sent where a person raises the budget', async () => {
		const { rig, asked, ended } = await door(async (facts, { pool }) => {
			const { scope, period } = facts.shortage ?? assert.fail();
			await pool.execute({ type: 'raiseBudget', scope, period, by: 1_000_000 });
			return { type: 'again' };
		});
		const end = ended();
		await rig.clock.until(end);
		assert.equal(await end, 'answered after 1');
		assert.equal(asked.length, 1);
		const again = ended();
		await rig.clock.until(again);
		assert.equal(await again, 'answered after 1');
		assert.equal(asked.length, 1, 'the raised budget holds for the next one');
	});

	it('is asked about, whichever key is named first, where free keys rest for longer than it may wait', async () => {
		const used: Readonly<Record<string, KeyPlan>> = { free: { limits: { m: { rpd: 1 } } } };
		for (const keys of [
			{ ...used, ...paid },
			{ ...paid, ...used },
		]) {
			const { rig, asked, ended } = await door(async ({ shortage }, { pool }) => {
				assert.ok(shortage);
				await pool.execute({ type: 'raiseBudget', ...shortage, by: 1_000_000 });
				return { type: 'again' };
			}, keys);
			const end = ended();
			await rig.clock.until(end);
			assert.deepEqual([await end, asked.length], ['answered after 1', 1]);
		}
	});

	it('waits for a free key without a word where one is back soon', async () => {
		const { rig, asked, ended } = await door(() => assert.fail(), { free: { limits: { m: { rpm: 1 } } }, ...paid });
		const end = ended();
		await rig.clock.until(end);
		assert.deepEqual([await end, asked], ['answered after 1', []]);
	});

	it('may wait for a free key that is back before the budget', async () => {
		const { rig, asked, ended } = await door(
			({ retryAt = 0 }, { clock }) => Promise.resolve({ type: 'wait', ms: retryAt - clock.wall() + 60_000 }),
			{ free: { limits: { m: { rpd: 1 } } }, ...paid },
			{ month: 0.0023 },
		);
		const end = ended();
		await rig.clock.advance(13 * 3_600_000);
		assert.deepEqual([await end, asked.map(({ shortage }) => shortage?.period)], ['answered after 1', ['month']]);
		assert.equal(rig.sends[0]?.key, 'free');
	});

	it('ends where a person says stop', async () => {
		const { rig, ended } = await door(() => Promise.resolve({ type: 'stop' }));
		assert.equal(await ended(), 'budget');
		assert.deepEqual(rig.sends, []);
	});

	it('waits for the next day where a person says so, and no longer', async () => {
		const { rig, ended } = await door(({ retryAt = 0 }, { clock }) =>
			Promise.resolve({ type: 'wait', ms: retryAt - clock.wall() + 60_000 }),
		);
		const end = ended();
		await rig.clock.advance(13 * 3_600_000);
		assert.equal(await end, 'answered after 1');
		assert.ok((rig.sends[0]?.at ?? 0) >= 12 * 3_600_000 - 1);
	});

	it('of a program is asked of nobody', async () => {
		const { asked, ended } = await door(() => Promise.resolve({ type: 'again' }));
		for (const origin of ['lm:some.extension', 'gateway:cline']) assert.equal(await ended(origin), 'budget');
		assert.deepEqual(asked, []);
	});

	it('ends where its asker has left while the question stood', async () => {
		const left = new AbortController();
		const { rig, ended } = await door(() => {
			left.abort();
			return Promise.resolve({ type: 'again' });
		});
		assert.equal(await ended('chat', {}, left.signal), 'budget');
		assert.deepEqual(rig.sends, []);
	});

	it('reserves no more than the longest answer that it may have', async () => {
		const { rig, ended } = await door(() => Promise.resolve({ type: 'stop' }));
		const end = ended('chat', { maxOutputTokens: 100 });
		await rig.clock.until(end);
		assert.equal(await end, 'answered after 1');
	});
});
