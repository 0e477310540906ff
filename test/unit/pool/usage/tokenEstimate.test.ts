import assert from 'node:assert/strict';
import { estimateTokens } from '../../../../src/pool/pool';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('the tokens that a request is estimated at', () => {
	it('are those of the ratio that was learnt for the model, under any of its names', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const size = { bytes: 1_000, tokens: 7 };
		const unknown = estimateTokens(store, 'm', size);
		assert.equal(unknown, Math.ceil(7 + 1_000 * initialModelRecord.tokensPerByte));
		await store.transact((tx) => {
			tx.put({ kind: 'model', id: 'm', doc: { ...initialModelRecord, tokensPerByte: 0.5, samples: 9 } });
			const resolvesTo = { model: 'm', from: 'answer' } as const;
			tx.put({ kind: 'model', id: 'm-latest', doc: { ...initialModelRecord, resolvesTo } });
		});
		assert.deepEqual([estimateTokens(store, 'm', size), estimateTokens(store, 'm-latest', size)], [507, 507]);
	});
});
