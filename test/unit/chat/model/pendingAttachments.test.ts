import assert from 'node:assert/strict';
import { PendingAttachments } from '../../../../src/chat/model/pendingAttachments';

describe('what goes along with a question', () => {
	it('is a picture where a picked file is one, with its thumbnail and its bytes', async () => {
		let ids = 0;
		const pending = new PendingAttachments(() => `id-${++ids}`, assert.ifError);
		const picture = { label: 'shot.png', mimeType: 'image/png', data: 'AQID' };
		assert.equal(pending.addFile({ uri: 'file:///shot.png', label: 'shot.png', bytes: 3, picture }), true);
		assert.deepEqual(pending.chips, [{ id: 'id-1', type: 'picture', label: 'shot.png', bytes: 3 }]);
		assert.deepEqual(await pending.take(() => Promise.reject(new Error('A picture is no text to read.'))), {
			state: 'ready',
			load: { attachments: [], pictures: [picture] },
		});
	});

	it('is named so that a mark in the name of a file cannot turn its ending around', () => {
		const pending = new PendingAttachments(() => 'id', assert.ifError);
		pending.addFile({ uri: 'file:///w/a', label: 'cat-\u202egnp.ts', bytes: 3 });
		assert.deepEqual(
			pending.chips.map(({ label }) => label),
			['cat-\ufffdgnp.ts'],
		);
	});
});
