import assert from 'node:assert/strict';
import { initialModelRecord } from '../../../../../src/pool/health/initialRecords';
import { quarantine } from '../../../../../src/pool/health/keyRecord';
import type { KeyId } from '../../../../../src/pool/pool';
import { Chooser } from '../../../../support/pool/chooser';
import type { KeyPlans } from '../../../../support/pool/keyPlan';

type Given = (chooser: Chooser) => Promise<void>;

/** Whether the keys could serve a request of 100 tokens, after `given`. */
async function could(
	keys: KeyPlans,
	given: Given = () => Promise.resolve(),
	more: Parameters<Chooser['request']>[0] = {},
	except?: string,
): Promise<boolean> {
	const chooser = new Chooser(keys);
	await given(chooser);
	return chooser.allocator.couldServe(chooser.request(more), except as KeyId | undefined);
}
const model = (more: (now: number) => object): Given => {
	return (chooser) =>
		chooser.write((tx, now) => tx.put({ kind: 'model', id: 'm', doc: { ...initialModelRecord, ...more(now) } }));
};
const badKey = { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] } as const;
const quarantined: Given = (chooser) =>
	chooser.write((tx, now) => {
		const id = 'a' as KeyId;
		tx.put({ kind: 'key', id, doc: quarantine(tx.key(id), badKey, '', now) });
	});

describe('whether another key or model could serve a request, before it is left a send', () => {
	it('is one of them, whatever the others are', async () => {
		assert.equal(await could({ a: {}, b: {} }, (chooser) => chooser.coolDown('a', 1_000)), true);
		assert.equal(await could({ a: {} }, (chooser) => chooser.coolDown('a', 1_000)), false);
		assert.equal(await could({}), false);
	});

	it('is another than the one that has just failed', async () => {
		assert.equal(await could({ a: {}, b: {} }, undefined, {}, 'a'), true);
		assert.equal(await could({ a: {} }, undefined, {}, 'a'), false);
		assert.equal(await could({ a: {}, b: {} }, (chooser) => chooser.coolDown('b', 1_000), {}, 'a'), false);
	});

	it('is one that the request may have, and that a person allows so many tokens', async () => {
		assert.equal(await could({ a: {} }, undefined, { needs: { paid: true } }), false);
		assert.equal(await could({ a: { enabled: false } }), false);
		assert.equal(await could({ a: {} }, quarantined), false);
		assert.equal(await could({ a: { dailyCap: { tokens: 99 } } }), false);
		assert.equal(await could({ a: { dailyCap: { tokens: 100 } } }), true);
	});

	it('is none while the pool is paused, and none for a model that is missing or backs off', async () => {
		assert.equal(await could({ a: {} }, (chooser) => chooser.pause()), false);
		assert.equal(
			await could(
				{ a: {} },
				model((now) => ({ missingUntil: now + 1 })),
			),
			false,
		);
		assert.equal(
			await could(
				{ a: {} },
				model((now) => ({ overloadedUntil: now + 1, backoffLevel: 1 })),
			),
			false,
		);
		assert.equal(
			await could(
				{ a: {} },
				model((now) => ({ missingUntil: now, overloadedUntil: now })),
			),
			true,
		);
	});
});
