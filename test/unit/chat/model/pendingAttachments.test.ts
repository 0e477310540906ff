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
});
