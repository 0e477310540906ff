import assert from 'node:assert/strict';
import { attachAll } from '../../../../../src/webviews/chat/composer/pictures';

describe('pictures that are dropped', () => {
	it('go along beside one that cannot be read, which is told', async () => {
		const denied = new File(['x'], 'denied.png', { type: 'image/png' });
		denied.arrayBuffer = () => Promise.reject(new DOMException('It could not be read.', 'NotReadableError'));
		const attached: string[] = [];
		const refused = await attachAll([denied, new File(['x'], 'shot.png', { type: 'image/png' })], ({ label }) =>
			Promise.resolve(attached.push(label)),
		);
		assert.deepEqual([attached, refused], [['shot.png'], ['denied.png']]);
	});
});
