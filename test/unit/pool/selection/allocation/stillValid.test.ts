import assert from 'node:assert/strict';
import { Chooser } from '../../../../support/pool/chooser';
import type { KeyPlan } from '../../../../support/pool/keyPlan';

describe('a grant that is not used at once', () => {
	it('may be a second old, or a tenth where the consumer has read something since', async () => {
		const afterMs = async (ms: number, heldUp: boolean): Promise<boolean> => {
			const chooser = new Chooser({ a: {} });
			const grant = await chooser.granted();
			await chooser.clock.advance(ms);
			return chooser.allocator.isStillValid(grant, {}, heldUp);
		};
		assert.deepEqual([await afterMs(1_000, false), await afterMs(1_001, false)], [true, false]);
		assert.deepEqual([await afterMs(100, true), await afterMs(101, true)], [true, false]);
	});

	it('is that old from when it is known: the server of a team may be farther away, and a new one would take as long', async () => {
		const chooser = new Chooser(
			{ a: {} },
			{
				seenThrough: (store) => {
					const transact: typeof store.transact = async (step) => {
						const done = await store.transact(step);
						await chooser.clock.advance(1_400);
						return done;
					};
					return Object.assign(Object.create(store) as typeof store, { transact });
				},
			},
		);
		const grant = await chooser.granted();
		const areValid = (): boolean[] => [false, true].map((heldUp) => chooser.allocator.isStillValid(grant, {}, heldUp));
		assert.deepEqual(areValid(), [true, true]);
		await chooser.clock.advance(101);
		assert.deepEqual(areValid(), [true, false]);
	});

	it('is void once the pool is throttled, unless it is the very call that finds out', async () => {
		const chooser = new Chooser({ a: {}, b: {} });
		const before = await chooser.granted();
		assert.equal(chooser.allocator.isStillValid(before, {}, false), true);
		await chooser.throttle(['b']);
		assert.equal(chooser.allocator.isStillValid(before, {}, false), false);
		const probe = await chooser.granted();
		assert.equal(probe.key, 'b');
		assert.equal(chooser.allocator.isStillValid(probe, {}, false), true);
	});

	it('is void for a request that must be paid by now, where its key is free, or was removed', async () => {
		const chooser = new Chooser({ a: {}, b: { tier: 'paid' } });
		const [free, paid] = [await chooser.granted(), await chooser.granted({ needs: { paid: true } })];
		const areValid = (): boolean[] =>
			[free, paid].map((grant) => chooser.allocator.isStillValid(grant, { paid: true }, false));
		assert.deepEqual(areValid(), [false, true]);
		const isFree = (): boolean => chooser.allocator.isStillValid(free, { free: true }, false);
		assert.equal(isFree(), true);
		chooser.setKeys({ a: { mayCost: true } });
		assert.equal(isFree(), false, 'by now it may cost');
		chooser.setKeys({});
		assert.deepEqual(areValid(), [false, false]);
	});

	it('is void for a request that must cost nothing by now, where its key is paid, or stands for a gateway that may be', async () => {
		const isValid = async (of: KeyPlan): Promise<boolean> => {
			const chooser = new Chooser({ a: of });
			return chooser.allocator.isStillValid(await chooser.granted(), { free: true }, false);
		};
		const kinds: readonly KeyPlan[] = [{}, { tier: 'paid' }, { mayCost: true }];
		assert.deepEqual(await Promise.all(kinds.map(isValid)), [true, false, false]);
	});
});
