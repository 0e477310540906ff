import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { OwnResults } from '../../../../src/editor/batch/ownResults';

const file = 'file:///w/prompts.txt.results.jsonl';

describe('results that this installation wrote', () => {
	it('are known by their place and their text, in the next window too', async () => {
		const records = memoryFolder();
		const own = new OwnResults(records);
		assert.equal(await own.wrote(file, ''), false);
		await own.remember(file, 'one');
		assert.equal(await own.wrote(file, 'one'), true);
		assert.equal(await new OwnResults(records).wrote(file, 'one'), true);
		assert.equal(await own.wrote(file, 'one more'), false);
		assert.equal(await own.wrote('file:///other/prompts.txt.results.jsonl', 'one'), false);
	});

	it('are known where the process ended between the record and the file', async () => {
		const own = new OwnResults(memoryFolder());
		await own.remember(file, 'one');
		await own.remember(file, 'two');
		assert.deepEqual([await own.wrote(file, 'one'), await own.wrote(file, 'two')], [true, true]);
		await own.remember(file, 'three');
		assert.deepEqual([await own.wrote(file, 'one'), await own.wrote(file, 'two')], [false, true]);
	});

	it('are a question and no failure where the record is damaged', async () => {
		for (const damaged of ['', '{"a":1}', '[', '"text"']) {
			const records = memoryFolder();
			const own = new OwnResults(records);
			await own.remember(file, 'one');
			const [name = ''] = await records.names('');
			await records.write(name, damaged);
			assert.equal(await own.wrote(file, 'one'), false);
			await own.remember(file, 'two');
			assert.equal(await own.wrote(file, 'two'), true);
		}
	});

	it('are forgotten beyond a thousand files, but never the newest', async () => {
		const records = memoryFolder();
		const own = new OwnResults(records);
		for (let n = 0; n < 1_010; n++) await own.remember(`file:///w/${n}`, 'text');
		assert.equal((await records.names('')).length, 1_000);
		assert.equal(await own.wrote('file:///w/1009', 'text'), true);
	});

	it('do not name their file', async () => {
		const records = memoryFolder();
		await new OwnResults(records).remember(file, 'one');
		const [name = ''] = await records.names('');
		const text = await records.read(name);
		assert.ok(text, 'there is a record');
		assert.ok(!`${name}${text}`.includes('prompts'));
	});
});
