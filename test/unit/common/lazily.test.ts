import assert from 'node:assert/strict';
import { lazily } from '../../../src/common/lazily';

describe('what is loaded on first use', () => {
	it('is loaded once, and not before', async () => {
		let reads = 0;
		const lazy = lazily(() => Promise.resolve(++reads));
		assert.equal(lazy.started(), undefined);
		assert.deepEqual(await Promise.all([lazy(), lazy()]), [1, 1]);
		assert.equal(await lazy.started(), 1);
	});

	it('is loaded again if that failed, so that a chat that did not load works without a reload of the window', async () => {
		let reads = 0;
		const lazy = lazily(() => (++reads === 1 ? Promise.reject(new Error('no file')) : Promise.resolve('read')));
		await assert.rejects(lazy(), /no file/);
		assert.equal(lazy.started(), undefined);
		assert.equal(await lazy(), 'read');
	});
});
