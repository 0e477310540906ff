import assert from 'node:assert/strict';
import { initialSpending } from '../../../../src/pool/budget/spending';
import { raiseBudget, releaseClient } from '../../../../src/pool/budget/spendingSteps';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('a person who allows more', () => {
	it('allows it in the day that it is, although nothing was spent in it yet', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		await raiseBudget(store, { scope: 'pool', period: 'day', by: 5 });
		await clock.advance(24 * 3_600_000);
		await raiseBudget(store, { scope: 'pool', period: 'day', by: 3 });
		const { day } = store.replica().spending.get('pool') ?? assert.fail();
		assert.deepEqual([day.raised, day.endsAt], [3, initialSpending(clock.wall()).day.endsAt]);
	});

	it('lets a client go on of which nothing is held against it', async () => {
		const store = new InMemoryStore(new VirtualClock());
		await releaseClient(store, 'chat');
		assert.equal(store.replica().spending.size, 0);
		await raiseBudget(store, { scope: 'client/chat', period: 'day', by: 5 });
		const before = store.replica().spending.get('client/chat');
		await releaseClient(store, 'chat');
		assert.equal(store.replica().spending.get('client/chat'), before);
	});
});
