import assert from 'node:assert/strict';
import { defaults, type Options } from '../../../src/pool/pool';
import { answers, fails, Rig, rpm } from '../../support/pool/rig';

/** Keys that three requests under `chosen` are sent to, in a pool of its own options; a number says how they ended. */
async function sentUnder(
	own: Partial<Options>,
	chosen: Partial<Options>,
	between: (rig: Rig) => void = () => undefined,
) {
	const rig = new Rig({ free: {}, paid: { tier: 'paid' }, other: {} }, answers, own);
	const { stream } = rig.pool.under(() => ({ ...defaults, ...chosen }));
	for (let n = 0; n < 3; n++) {
		const asked = stream({ ...rig.request(), id: `${n}` }, rig.open);
		await rig.clock.until(
			(async () => {
				for await (const part of asked) void part;
			})(),
		);
		between(rig);
	}
	return rig.sends.map(({ key }) => key);
}

describe('the pool under other options', () => {
	it('orders keys by them, whatever its own say', async () => {
		const roundRobin = { strategy: 'roundRobin' } as const;
		const primary = { strategy: 'primaryBackup' } as const;
		assert.deepEqual(await sentUnder(roundRobin, primary), ['free', 'free', 'free']);
		assert.deepEqual(await sentUnder(primary, roundRobin), ['free', 'other', 'free']);
	});

	it('takes paid keys in their order', async () => {
		const strategy = 'roundRobin';
		assert.deepEqual(await sentUnder({ strategy, paidKeys: 'first' }, { strategy }), ['free', 'other', 'free']);
		assert.deepEqual(await sentUnder({ strategy }, { strategy, paidKeys: 'first' }), ['paid', 'paid', 'paid']);
	});

	it('keeps its own demand for paid keys, which is not an order', async () => {
		assert.deepEqual(await sentUnder({ paidOnly: true }, { strategy: 'roundRobin' }), ['paid', 'paid', 'paid']);
	});

	it('follows them as they change, and keys as they come and go', async () => {
		const chosen: { strategy: Options['strategy'] } = { strategy: 'roundRobin' };
		const sent = await sentUnder({}, chosen, (rig) => {
			if (rig.sends.length === 1) rig.setKeys({ other: {}, free: {} });
			if (rig.sends.length === 2) chosen.strategy = 'primaryBackup';
		});
		assert.deepEqual(sent, ['free', 'other', 'other']);
	});

	it('insists as long as they say', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, () => fails(rpm(1)), { maxRetries: 50 });
		const { stream } = rig.pool.under(() => ({ ...defaults, maxRetries: 0 }));
		const asked = stream(rig.request(), rig.open);
		await assert.rejects(
			rig.clock.until(
				(async () => {
					for await (const part of asked) void part;
				})(),
			),
		);
		assert.equal(rig.sends.length, 5);
	});
});
