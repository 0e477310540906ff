import assert from 'node:assert/strict';
import { lazily } from '../../../src/common/lazily';

describe('what is read at its first use', () => {
	it('is read once, and not before', async () => {
		let reads = 0;
		const lazy = lazily(() => Promise.resolve(++reads));
		assert.equal(lazy.started(), undefined);
		assert.deepEqual(await Promise.all([lazy(), lazy()]), [1, 1]);
		assert.equal(await lazy.started(), 1);
	});

	it('is read again where that failed: a chat that did not load is not dead until the window is reloaded', async () => {
		let reads = 0;
		const lazy = lazily(() => (++reads === 1 ? Promise.reject(new Error('no file')) : Promise.resolve('read')));
		await assert.rejects(lazy(), /no file/);
		assert.equal(lazy.started(), undefined);
		assert.equal(await lazy(), 'read');
	});
});
