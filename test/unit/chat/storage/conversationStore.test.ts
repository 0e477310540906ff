import assert from 'node:assert/strict';
import { begin } from '../../../../src/chat/model/answer';
import type { Conversation } from '../../../../src/chat/model/conversation';
import { maxItems } from '../../../../src/chat/model/pendingAttachments';
import { memoryFolder, type Folder } from '../../../../src/chat/storage/folder';
import { ConversationStore } from '../../../../src/chat/storage/conversationStore';
import { attempt, done, turn } from '../../../support/chat/fixtures';
import { words } from '../../../support/views/snapshots';

const conversation: Conversation = {
	id: 'c',
	options: {
		system: 'Be brief',
		thinking: 'high',
		stopSequences: ['END'],
		googleSearch: true,
	},
	turns: [
		{
			...turn('1', 'one', {
				...done('first'),
				thoughts: 'hm',
				grounding: {
					queries: ['why'],
					sources: [{ title: 'A', uri: 'https://a.example/' }],
				},
				state: 'done',
				finishReason: 'STOP',
				summary: {
					on: { key: 'work', model: 'flash' },
					usage: { input: 1, cached: 0, output: 2, thoughts: 3 },
					cost: 1_200,
					ms: 5,
					attempts: [attempt('work', 'answered')].map(({ label, model, outcome, ms }) => ({
						label,
						model,
						outcome,
						ms,
					})),
				},
			}),
			omitted: 2,
			question: {
				text: 'one',
				origin: 'selection',
				// As many as can go with a question.
				attachments: Array.from({ length: maxItems }, (_, n) => ({
					label: `a.ts, line ${n}`,
					file: 'a.ts',
					language: 'typescript',
					text: 'x',
				})),
				pictures: [{ label: 'p.png', mimeType: 'image/png', data: 'AAAA' }],
			},
		},
		turn('2', 'two', {
			state: 'failed',
			text: '',
			reason: 'waitedTooLong',
			facts: { retryAt: 7 },
			summary: { ms: 1, attempts: [] },
		}),
	],
};

function open(folder: Folder = memoryFolder()) {
	const troubles: string[] = [];
	const full: string[] = [];
	let now = 0;
	const library = new ConversationStore({
		folder: () => folder,
		now: () => ++now,
		onFull: (oldest) => full.push(oldest),
		onTrouble: (what) => troubles.push(what),
	});
	return { library, folder, troubles, full };
}

describe('The library of conversations', () => {
	it('gives a conversation back as it was', async () => {
		const { library, folder } = open();
		await library.saveAll(conversation);
		assert.deepEqual(await open(folder).library.open('c'), conversation);
	});

	it('knows nothing of what was never stored', async () => {
		const { library } = open();
		assert.equal(await library.open('c'), undefined);
		assert.deepEqual(await library.list(), []);
	});

	it('lists the newest first, by title or by how it begins', async () => {
		const { library } = open();
		await library.saveAll({ ...conversation, id: 'a', title: 'Mine' });
		await library.saveAll({ ...conversation, id: 'b' });
		assert.deepEqual(
			(await library.list()).map(({ id, title, begins }) => [id, title ?? begins]),
			[
				['b', 'one'],
				['a', 'Mine'],
			],
		);
	});

	it('keeps what had come of an answer that still ran, as cut', async () => {
		const { library } = open();
		await library.saveAll({
			...conversation,
			turns: [turn('1', 'one', { ...begin(0), state: 'streaming', text: 'so far' })],
		});
		const answer = (await library.open('c'))?.turns[0]?.answer;
		assert.deepEqual([answer?.state, answer?.text], ['cut', 'so far']);
	});

	it('deletes a conversation and does not bring it back with a write that waited', async () => {
		const { library, folder } = open();
		await library.saveAll(conversation);
		void library.saveAll(conversation);
		await library.remove('c');
		await library.flush();
		assert.deepEqual(await folder.names(''), []);
	});

	it('sets aside what is damaged, says so, and reads the rest', async () => {
		const good = open();
		await good.library.saveAll(conversation);
		const text = (await good.folder.read('c/2.json')) ?? '';
		for (const damage of [
			'',
			'null',
			'[]',
			'{}',
			text.slice(0, 50),
			text.replace('"v":2', '"v":9'),
			text.replace('"two"', '7'),
		]) {
			const { library, folder, troubles } = open();
			await library.saveAll(conversation);
			await folder.write('c/2.json', damage);
			assert.deepEqual(
				(await library.open('c'))?.turns.map(({ id }) => id),
				['1'],
			);
			assert.deepEqual(troubles, ['damaged']);
			assert.equal(await folder.read('c/2.json.damaged'), damage);
			await library.open('c');
			assert.equal(troubles.length, 1);
		}
	});

	it('keeps a question as long as one can be, with the wish of a slash command before it', async () => {
		const { library, folder } = open();
		const [first, second] = conversation.turns;
		assert.ok(first && second);
		const text = `Explain this code.\n\n${'x'.repeat(999_991)}`;
		const long = {
			...conversation,
			turns: [{ ...first, question: { ...first.question, text } }, second],
		};
		await library.saveAll(long);
		assert.deepEqual(await open(folder).library.open('c'), long);
	});

	for (const unreadable of ['c/2.json', 'c/about.json', 'd']) {
		it(`is not hidden by what the disk does not give: ${unreadable}`, async () => {
			const stored = open();
			await stored.library.saveAll({ ...conversation, title: 'Mine' });
			const give = <T>(path: string, given: () => Promise<T>): Promise<T> =>
				path === unreadable ? Promise.reject(new Error('EACCES')) : given();
			const { folder } = stored;
			const { library, troubles } = open({
				...folder,
				names: (path) =>
					give(path, async () => [...(await folder.names(path)), ...(path === '' && unreadable === 'd' ? ['d'] : [])]),
				read: (path) => give(path, () => folder.read(path)),
			});
			assert.deepEqual(
				(await library.list()).map(({ id }) => id),
				['c'],
			);
			assert.equal((await library.open('c'))?.turns.length, unreadable === 'c/2.json' ? 1 : 2);
			await library.open('c');
			assert.deepEqual(troubles, ['damaged']);
			await library.saveTurn(conversation, turn('3', 'three', done('third')));
			assert.equal((await open(folder).library.list())[0]?.title, 'Mine', 'nothing is written over what was not read');
		});
	}

	it('reads a conversation whose description is damaged', async () => {
		const { library, folder, troubles } = open();
		await library.saveAll(conversation);
		await folder.write('c/about.json', '{');
		const found = await library.open('c');
		assert.deepEqual([found?.turns.length, found?.options], [2, {}]);
		const [listed] = await library.list();
		assert.deepEqual([listed?.id, listed?.begins, listed?.changedAt], ['c', 'one', conversation.turns[1]?.askedAt]);
		assert.deepEqual(troubles, ['damaged']);
	});

	it('survives a reason that only a newer version knows', async () => {
		const { library, folder } = open();
		await library.saveAll(conversation);
		const text = (await folder.read('c/2.json')) ?? '';
		await folder.write('c/2.json', text.replace('waitedTooLong', 'newReason'));
		const answer = (await library.open('c'))?.turns[1]?.answer;
		const reason = answer?.state === 'failed' ? answer.reason : 'network';
		assert.deepEqual([reason, words.describeReason(reason)], ['newReason', words.describeReason('unexpected')]);
	});

	it('keeps the newest conversations, and the one that is open', async () => {
		const { library } = open();
		const many = Array.from({ length: 205 }, (_, i) => ({
			...conversation,
			id: `c${i}`,
		}));
		for (const one of many) {
			await library.saveAll(one);
		}
		await library.prune('c0');
		const ids = (await library.list()).map(({ id }) => id);
		assert.equal(ids.length, 201);
		assert.ok(ids.includes('c0') && ids.includes('c204') && !ids.includes('c1'));
	});

	it('says which conversation goes next as soon as the next new one makes it go, and again when one has gone', async () => {
		const { library, full } = open();
		for (let i = 0; i < 199; i++)
			await library.saveAll({
				...conversation,
				id: `c${i}`,
				title: `Title ${i}`,
			});
		await library.prune('c198');
		assert.deepEqual(full, []);
		await library.saveAll({ ...conversation, id: 'c199' });
		await library.prune('c199');
		assert.deepEqual(full, ['Title 0']);
		assert.equal((await library.list()).length, 200, 'nothing has gone yet');
		await library.saveAll({ ...conversation, id: 'c200' });
		await library.prune('c200');
		assert.deepEqual(full, ['Title 0', 'Title 1']);
		const ids = (await library.list()).map(({ id }) => id);
		assert.deepEqual([ids.length, ids.includes('c0'), ids.includes('c1')], [200, false, true]);
	});

	it('keeps in memory alone while that is wished, and the whole conversation on disk from when it is not', async () => {
		const [onDisk, inMemory] = [memoryFolder(), memoryFolder()];
		let keep = false;
		const parts = {
			now: () => 1,
			onTrouble: () => assert.fail('nothing is wrong'),
		};
		const library = new ConversationStore({
			...parts,
			folder: () => (keep ? onDisk : inMemory),
		});
		await library.saveAll(conversation);
		assert.deepEqual(await library.open('c'), conversation);
		assert.deepEqual(await onDisk.names(''), [], 'nothing has reached the disk');
		keep = true;
		assert.equal(await library.open('c'), undefined);
		await library.saveAll(conversation);
		const next = new ConversationStore({ ...parts, folder: () => onDisk });
		assert.deepEqual(await next.open('c'), conversation, 'the next window has all of it');
	});

	it('writes no file twice where one write will do', async () => {
		let writes = 0;
		const folder = memoryFolder();
		const counting: Folder = {
			...folder,
			write: (path, text) => (writes++, folder.write(path, text)),
		};
		const { library } = open(counting);
		const [first] = conversation.turns;
		assert.ok(first);
		await Promise.all(Array.from({ length: 50 }, () => library.saveTurn(conversation, first)));
		assert.ok(writes <= 4, `${writes} writes`);
	});

	it('stores what an answer has come to before that the conversation has changed: the window may close between them', async () => {
		const folder = memoryFolder();
		const paths: string[] = [];
		const { library } = open({ ...folder, write: (path, text) => (paths.push(path), folder.write(path, text)) });
		const [first] = conversation.turns;
		assert.ok(first);
		await library.saveTurn(conversation, first);
		await library.flush();
		assert.deepEqual(paths, ['c/1.json', 'c/about.json']);
	});

	it('says of what cannot be deleted that it is still stored, not that it could not be stored', async () => {
		const folder = memoryFolder();
		const { library, troubles } = open({ ...folder, remove: () => Promise.reject(new Error('in use')) });
		await library.saveAll(conversation);
		await library.removeTurns('c', conversation.turns.slice(0, 1));
		await library.remove('c');
		assert.deepEqual(troubles, ['undeleted', 'undeleted']);
		assert.equal((await library.list()).length, 1);
	});

	it('says once of what goes by itself that it cannot be deleted, and each time where a person deletes it', async () => {
		const folder = memoryFolder();
		const { library, troubles } = open({ ...folder, remove: () => Promise.reject(new Error('in use')) });
		for (let n = 0; n < 201; n++) await library.saveAll({ ...conversation, id: `c${n}` });
		// With each new conversation.
		for (let n = 0; n < 3; n++) await library.prune('c200');
		assert.deepEqual(troubles, ['undeleted']);
		for (let n = 0; n < 2; n++) await library.remove('c0');
		assert.deepEqual(troubles, ['undeleted', 'undeleted', 'undeleted']);
	});
});
