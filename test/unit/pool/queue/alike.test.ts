import assert from 'node:assert/strict';
import { defaults, type Budgets, type PoolRequest } from '../../../../src/pool/pool';
import { plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, Asked, fails, hangs, Rig, rpm, type Send } from '../../../support/pool/rig';
import type { VirtualClock } from '../../../support/virtualClock';

const paid = { tier: 'paid' } as const;
const dollars = (microDollars: number): number => microDollars / 1e6;
/** Too little for one answer of `aRequest`. */
const tooLittle = { day: dollars(plainMaxCost - 1) };

/** Two requests that come at the same moment, the first before the second. */
async function together(
	budgets: Budgets,
	first: Partial<PoolRequest>,
	second: Partial<PoolRequest>,
): Promise<readonly [Asked, Asked]> {
	const rig = new Rig({ a: paid }, answers, { pricing: plainPricing, budgets });
	const asked = [rig.ask(first), rig.ask(second)] as const;
	await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
	return asked;
}

describe('requests that come together', () => {
	it('are not refused for the budget of another client', async () => {
		const budgets = { clients: { 'gateway:spent': tooLittle } };
		const [spent, other] = await together(budgets, { origin: 'gateway:spent' }, { origin: 'gateway:other' });
		assert.equal(spent.error?.reason, 'budget');
		assert.equal(other.text, 'from a');
	});

	it('are not refused for what a longer answer, or one of a dearer tier, would cost', async () => {
		const size = { bytes: 400, tokens: 0, maxOutput: 900 };
		const [long, short] = await together({ pool: tooLittle }, {}, { size });
		assert.deepEqual([long.error?.reason, short.text], ['budget', 'from a']);
		const [several, one] = await together({ pool: tooLittle }, { size: { ...size, answers: 2 } }, { size });
		assert.deepEqual([several.error?.reason, one.text], ['budget', 'from a']);
		const cheap = {
			...plainPricing,
			maxCostOf: (...[tokens, call]: Parameters<typeof plainPricing.maxCostOf>) =>
				plainPricing.maxCostOf(tokens, call) / (call.serviceTier === 'flex' ? 2 : 1),
		};
		const rig = new Rig({ a: paid }, answers, { pricing: cheap, budgets: { pool: tooLittle } });
		const asked = [rig.ask(), rig.ask({ serviceTier: 'flex' })];
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ error, text }) => error?.reason ?? text),
			['budget', 'from a'],
		);
	});

	it('wait on where the client of one before them is held', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(30_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		const asked = [rig.ask({ origin: 'gateway:loop' }), rig.ask({ origin: 'gateway:other' })];
		await rig.clock.advance(1_000);
		for (let n = 0; n < 20; n++) await rig.pool.noteToolCall('gateway:loop', 'the same');
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ error, text }) => error?.reason ?? text),
			['clientHeld', 'from a'],
		);
	});

	it('take their fallback model beside one that is to wait for the wanted one', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(rpm(50_000)) : answers(send)));
		await rig.answer({ maxWaitMs: 0 });
		rig.setScript((send) => (send.model === 'm' ? hangs(send) : answers(send)));
		const patient = rig.pool.under(() => ({ ...defaults, whenExhausted: 'wait' }));
		const models = ['m', 'lite'] as const;
		const waits = new Asked(patient.stream(rig.request({ models }), rig.open));
		const asked = rig.ask({ models });
		await rig.clock.advance(1_000);
		assert.equal(waits.types, 'waiting');
		assert.deepEqual([asked.text, asked.done?.on.model], ['from a', 'lite']);
	});

	it('ask the model that is back beside one that has no time for its answer any more', async () => {
		const rig = new Rig({ a: {} }, in9s);
		for (let n = 0; n < 3; n++) await rig.answer();
		rig.setScript((send) => fails(rpm(send.model === 'm' ? 30_000 : 100_000)));
		const models = ['m', 'quick'] as const;
		await rig.answer({ models, maxWaitMs: 0 });
		rig.setScript(in9s);
		const [hurried, asked] = [rig.ask({ models, timeoutMs: 35_000 }), rig.ask({ models })];
		await rig.clock.advance(40_000);
		assert.deepEqual([hurried.error?.reason, asked.text], ['waitedTooLong', 'from a']);
	});
});

async function* in9s(send: Send, clock: VirtualClock): ReturnType<typeof answers> {
	await new Promise<void>((resolve) => clock.after(9_000, resolve));
	yield* answers(send);
}
