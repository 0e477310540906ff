import assert from 'node:assert/strict';
import { Failure, type FailureAction } from '../../../../src/pool/pool';
import { answers, fails, hangs, overloaded, Rig, rpm, type Send } from '../../../support/pool/rig';

/** What each model does, by its name; the others answer. */
const by =
	(actions: Readonly<Record<string, FailureAction>>) =>
	(send: Send): ReturnType<typeof answers> | ReturnType<typeof fails> => {
		const action = actions[send.model];
		return action && send.nth <= Object.keys(actions).length ? fails(action) : answers(send);
	};
const three = { models: ['m', 'lite', 'tiny'] as [string, string, string] };

describe('one of several models', () => {
	it('the first fallback that can serve now answers, and it says so', async () => {
		const rig = new Rig({ a: {} }, by({ m: rpm(30_000), lite: rpm(40_000) }));
		const asked = await rig.answer(three);
		assert.equal(asked.done?.on.model, 'tiny');
		assert.deepEqual([rig.elapsed, rig.sends.map(({ model }) => model)], [0, ['m', 'lite', 'tiny']]);
	});

	it('where none can, the one that is back first', async () => {
		const models = { models: ['m', 'lite'] as [string, string] };
		const fallback = new Rig({ a: {} }, by({ m: rpm(50_000), lite: rpm(30_000) }));
		const first = await fallback.answer(models);
		assert.deepEqual([first.done?.on.model, fallback.elapsed], ['lite', 30_000]);
		const wanted = new Rig({ a: {} }, by({ m: rpm(30_000), lite: rpm(50_000) }));
		const second = await wanted.answer(models);
		assert.deepEqual([second.done?.on.model, wanted.elapsed], ['m', 30_000]);
	});

	it('is the wanted one where it is back soon, also beside more fallback models than there are sends', async () => {
		const rig = new Rig({ a: {} }, by({ m: rpm(5_000) }));
		await rig.answer({ maxWaitMs: 0 });
		const asked = await rig.answer({ models: ['m', 'one', 'two', 'three', 'four', 'five'] });
		assert.deepEqual([asked.done?.on.model, asked.types], ['m', 'waiting output done']);
	});

	it('is the wanted one for all who ask while one call tries it again: a second’s overload sends nobody else away', async () => {
		for (const firstMs of [60_000, 20_000]) {
			const idle = { firstMs, betweenMs: 20_000 };
			const rig = new Rig({ a: {} }, (send, clock) =>
				(async function* () {
					await new Promise<void>((resolve) => clock.after(300, resolve));
					if (send.model === 'm' && send.at < 2_000) throw new Failure(overloaded, true, '');
					yield* answers(send);
				})(),
			);
			const first = rig.ask({ models: ['m', 'lite'], idle });
			await rig.clock.advance(500);
			const second = rig.ask({ models: ['m', 'lite'], idle });
			await rig.clock.until(Promise.all([first.ended, second.ended]));
			assert.deepEqual([first.done?.on.model, second.done?.on.model], ['m', 'm']);
			const waits = second.parts.map((part) => (part.type === 'waiting' ? part.inMs : 0));
			assert.ok(Math.max(...waits) <= 10_000, waits.join(' '));
		}
		const hanging = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(overloaded) : hangs(send)));
		const stuck = hanging.ask({ models: ['m'] });
		await hanging.clock.advance(1_500);
		const asked = hanging.ask({ models: ['m', 'lite'] });
		await hanging.clock.advance(10_000);
		assert.equal(hanging.sends.at(-1)?.model, 'lite', 'late: nobody waits for it then');
		hanging.pool.dispose();
		await Promise.all([stuck.ended, asked.ended]);
	});

	it('a wait of exactly ten seconds is worth it, a longer one is not', async () => {
		for (const [ms, model] of [
			[10_000, 'm'],
			[10_001, 'lite'],
		] as const) {
			const rig = new Rig({ a: {} }, by({ m: rpm(ms) }));
			assert.equal((await rig.answer({ models: ['m', 'lite'] })).done?.on.model, model);
		}
	});

	it('no other model is tried while the pool is paused', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.model === 'm'
				? fails({ type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] })
				: answers(send),
		);
		await rig.answer(three);
		const { error } = await rig.answer(three);
		assert.deepEqual([error?.reason, rig.sends.length], ['paused', 1]);
	});

	it('a model that is wanted in the middle of a wait is tried at once', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(rpm(60_000)) : answers(send)), {
			whenExhausted: 'wait',
		});
		const asked = rig.ask({ models: ['m', 'lite'] });
		await rig.clock.advance(5000);
		asked.stream.useModel('tiny');
		await rig.clock.settle();
		assert.deepEqual([asked.done?.on.model, rig.elapsed], ['tiny', 5000]);
	});

	it('the fallback is waited for where its call under way may free it sooner', async () => {
		const rig = new Rig({ a: {} }, (send, clock) => {
			if (send.nth <= 2) return fails(rpm(send.model === 'm' ? 300_000 : 20_000));
			return (async function* () {
				await new Promise<void>((resolve) => clock.after(3000, resolve));
				yield* answers(send);
			})();
		});
		await rig.answer({ models: ['m', 'lite'], maxWaitMs: 0 });
		await rig.clock.advance(20_000);
		const probe = rig.ask({ models: ['lite'] });
		await rig.clock.settle();
		const asked = rig.ask({ models: ['m', 'lite'], maxWaitMs: 10_000 });
		await rig.clock.until(Promise.all([probe.ended, asked.ended]));
		assert.equal(asked.done?.on.model, 'lite');
	});

	it('a call under way on the fallback may free it sooner than the wanted one is back', async () => {
		const rig = new Rig({ a: {} }, (send, clock) => {
			if (send.nth <= 2) return fails(rpm(send.model === 'm' ? 43_000 : 20_000));
			return (async function* () {
				await new Promise<void>((resolve) => clock.after(20_000, resolve));
				yield* answers(send);
			})();
		});
		await rig.answer({ models: ['m', 'lite'], maxWaitMs: 0 });
		await rig.clock.advance(20_000);
		const probe = rig.ask({ models: ['lite'] });
		await rig.clock.advance(11_000);
		const asked = rig.ask({ models: ['m', 'lite'], maxWaitMs: 11_000 });
		await rig.clock.until(Promise.all([probe.ended, asked.ended]));
		assert.deepEqual([asked.done?.on.model, rig.sends.at(-1)?.at], ['lite', 40_000]);
	});
});
