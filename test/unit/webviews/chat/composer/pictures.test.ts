import assert from 'node:assert/strict';
import { attachAll } from '../../../../../src/webviews/chat/composer/pictures';

describe('pictures that are dropped', () => {
	it('go along beside one that cannot be read, which is told', async () => {
		const denied = new File(['x'], 'denied.png', { type: 'image/png' });
		denied.arrayBuffer = () => Promise.reject(new DOMException('It could not be read.', 'NotReadableError'));
		const attached: string[] = [];
		const refused = await attachAll([denied, new File(['x'], 'shot.png', { type: 'image/png' })], ({ label }) =>
			Promise.resolve(attached.push(label) > 0),
		);
		assert.deepEqual([attached, refused], [['shot.png'], ['denied.png']]);
	});

	it('are read no further once one is not taken: of a folder of photos each was, and handed to the editor for nothing', async () => {
		const read: string[] = [];
		const photos = Array.from({ length: 200 }, (_, n) => {
			const photo = new File(['x'], `${n}.png`, { type: 'image/png' });
			photo.arrayBuffer = () => (read.push(photo.name), Promise.resolve(new ArrayBuffer(1)));
			return photo;
		});
		let room = 20;
		assert.deepEqual(await attachAll(photos, () => Promise.resolve(room-- > 0)), []);
		assert.equal(read.length, 21);
	});

	it('name no others where one is not taken: that was told, and must stay to be read', async () => {
		const files = ['Thumbs.db', 'photo.png'].map((name) => new File(['x'], name));
		assert.deepEqual(await attachAll(files, () => Promise.resolve(true)), ['Thumbs.db']);
		assert.deepEqual(await attachAll(files, () => Promise.resolve(false)), []);
	});

	it('are not all named where a whole folder of other files is dropped: the input box stays on screen', async () => {
		const files = Array.from({ length: 200 }, (_, n) => new File(['x'], `${n}.txt`, { type: 'text/plain' }));
		const attach = () => Promise.reject(new Error('None is a picture.'));
		assert.deepEqual(await attachAll(files, attach), ['0.txt', '1.txt', '2.txt', '3.txt', '4.txt', '…']);
		assert.equal((await attachAll(files.slice(0, 5), attach)).length, 5);
	});
});
