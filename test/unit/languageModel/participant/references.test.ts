import assert from 'node:assert/strict';
import type * as used from '../../../../src/languageModel/participant/references';
import { ModelEditor } from '../../../support/languageModel/editor';
import { textsIn } from '../../../support/ui/editor';

class Uri {
	constructor(readonly path: string) {}
	toString(): string {
		return `file://${this.path}`;
	}
}
class Location {
	constructor(
		readonly uri: Uri,
		readonly range: object,
	) {}
}

const editor = new ModelEditor();
Object.assign(editor.api, { Uri, Location });
const { loadOf } = editor.read('../languageModel/participant/references') as typeof used;

/** What is read of the references, by address and lines. */
async function readOf(...values: readonly object[]) {
	const read: unknown[] = [];
	const references = values.map((value) => ({ id: 'x', value }));
	const { pieces, images } = await loadOf({ references, toolReferences: [] }, (...place) => {
		read.push(place);
		const [address] = place;
		return Promise.resolve(address.endsWith('src') ? 'gone' : { file: address, language: 'ts', text: 'code' });
	});
	return { read, files: pieces.map(({ file }) => file), images };
}

const from = (line: number) => ({
	to: (end: number, character: number) => ({ start: { line, character: 2 }, end: { line: end, character } }),
});

describe('what a person adds to a question for @keypool', () => {
	beforeEach(() => void editor.given.splice(0));

	it('is read by its lines where it is a part of a file', async () => {
		const uri = new Uri('/w/a.ts');
		const { read } = await readOf(
			uri,
			new Location(uri, from(3).to(5, 1)),
			new Location(uri, from(3).to(5, 0)),
			new Location(uri, from(3).to(3, 0)),
		);
		assert.deepEqual(read, [
			['file:///w/a.ts', undefined],
			['file:///w/a.ts', { first: 3, last: 5 }],
			['file:///w/a.ts', { first: 3, last: 4 }],
			['file:///w/a.ts', { first: 3, last: 3 }],
		]);
	});

	it('is told where it is nothing that can go along, or more than can: problems, a GIF, a 21st file', async () => {
		const told = () => textsIn(editor.given.splice(0)).join('\n');
		const picture = (mimeType: string, size: number) => ({
			mimeType,
			data: () => Promise.resolve(new Uint8Array(size)),
		});
		await readOf(picture('image/png', 3), new Uri('/w/a.ts'));
		// As VS Code's own table of types calls a file that ends with .jpg.
		const { images } = await readOf(picture('image/jpg', 3));
		assert.deepEqual(images, [{ mimeType: 'image/jpeg', data: 'AAAA' }]);
		assert.equal(told(), '');
		const unknown =
			'Part of what you added was not attached: only files, code, text, and PNG, JPEG, WebP and HEIC pictures up to 7 MB can be.';
		for (const value of [{ diagnostics: [] }, picture('image/gif', 3), picture('image/png', 8 * 1024 * 1024)]) {
			await readOf(value, value, new Uri('/w/a.ts'));
			assert.equal(told(), unknown);
		}
		const many = Array.from({ length: 21 }, (_, n) => new Uri(`/w/${n}.ts`));
		assert.equal((await readOf(...many)).files.length, 20);
		assert.equal(told(), 'At most 20 attachments can go with one question.');
	});

	it('is said not to be used where it is a tool, which VS Code shows beside the question', async () => {
		const added = { references: [], toolReferences: [{ name: 'keypool_status', range: [0, 14] }] };
		await loadOf(added as never, () => assert.fail('no file'));
		assert.deepEqual(textsIn(editor.given), ['Tools that you added were not used: @keypool answers without them.']);
	});

	it('is said to stay behind where it is a folder, or no longer there', async () => {
		assert.deepEqual((await readOf(new Uri('/w/src'), new Uri('/w/a.ts'))).files, ['file:///w/a.ts']);
		assert.match(
			textsIn(editor.given).join('\n'),
			/^src was not attached: it is not a file, or is no longer there\.$/m,
		);
	});

	it('is said to stay behind where it is a picture that cannot be read, is too large, or of another kind', async () => {
		const picture = (mimeType: string, data: () => Promise<Uint8Array>) => ({ id: 'x', value: { mimeType, data } });
		const bytes = (count: number) => () => Promise.resolve(new Uint8Array(count));
		const good = picture('image/png', bytes(3));
		for (const other of [
			picture('image/png', () => Promise.reject(new Error('FileNotFound'))),
			picture('image/png', bytes(7 * 1024 * 1024 + 1)),
			picture('image/tiff', bytes(3)),
		]) {
			editor.given.splice(0);
			const added = { references: [other, good], toolReferences: [] };
			const { images } = await loadOf(added, () => assert.fail('no file'));
			assert.deepEqual(images, [{ mimeType: 'image/png', data: 'AAAA' }]);
			assert.match(
				textsIn(editor.given).join('\n'),
				/^Part of what you added was not attached: .* up to 7 MB can be\.$/m,
			);
		}
	});
});
