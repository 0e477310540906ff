import assert from 'node:assert/strict';
import { initialActivity } from '../../../../../src/pool/budget/clientActivity';
import { initialSpending } from '../../../../../src/pool/budget/spending';
import { Chooser } from '../../../../support/pool/chooser';
import { many } from '../../../../support/pool/keyPlan';

describe('keys that a person does not allow for a request', () => {
	it('are no reason to give up, however many of them come first', async () => {
		const capped = new Chooser({ ...many(40, { dailyCap: { tokens: 99 } }), z: {} });
		assert.equal(await capped.choice(), 'z', 'the cap has room for a smaller one');
		const poor = new Chooser({ ...many(40, { project: 'poor', dailyCap: { tokens: 99 } }), z: {} });
		assert.equal(await poor.choice(), 'z', 'of one project as of many');
		const spent = new Chooser({ ...many(40, { tier: 'paid', budget: { day: 0 } }), z: { tier: 'paid' } });
		assert.equal(await spent.choice(), 'z');
	});

	it('are named with when they are allowed again', async () => {
		const chooser = new Chooser(many(40, { project: 'poor', dailyCap: { requests: 1 } }));
		await chooser.write((tx, now) => {
			const { day, ...rest } = initialSpending(now);
			tx.put({ kind: 'spending', id: 'project/poor', doc: { ...rest, day: { ...day, requests: 1 } } });
		});
		const { reason, retryAt, on } = await chooser.rejected();
		const midnight = initialSpending(chooser.clock.wall()).day.endsAt;
		assert.deepEqual([reason, retryAt, on?.id], ['cap', midnight, 'k00']);
	});

	it('are all, for a client that is held: no key is the reason', async () => {
		const chooser = new Chooser({ a: {} });
		await chooser.write((tx, now) => {
			const activity = { ...initialActivity(now), held: { since: now, cause: 'tenfoldHour' } as const };
			tx.put({ kind: 'spending', id: 'client/gateway:x', doc: { ...initialSpending(now), activity } });
		});
		assert.equal(await chooser.choice({ client: 'gateway:y' }), 'a');
		const expected = { reason: 'clientHeld', retryAt: Infinity, on: undefined, model: 'm' };
		assert.deepEqual(await chooser.rejected({ client: 'gateway:x' }), expected);
	});
});
