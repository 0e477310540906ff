import assert from 'node:assert/strict';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { ended, open } from '../../../support/chat/openSession';

describe('a chat session that cannot be saved', () => {
	it('goes on when the store refuses, and says so', async () => {
		const refuse = () => Promise.reject(new Error('disk full'));
		const opened = await open({ folder: { ...memoryFolder(), write: refuse } });
		await ended(opened, 'Hi');
		assert.equal(opened.session.conversation.turns[0]?.answer.state, 'done');
		assert.ok(opened.troubles.includes('unsaved'));
	});

	it('keeps a title and options that the store refused, and stores them with the next answer that it takes', async () => {
		const folder = memoryFolder();
		let isFull = false;
		const write = (path: string, text: string) =>
			isFull ? Promise.reject(new Error('disk full')) : folder.write(path, text);
		const opened = await open({ folder: { ...folder, write } });
		const { session, library } = opened;
		await ended(opened, 'Hi');
		isFull = true;
		session.rename('Greetings');
		session.setOptions({ model: 'flash', system: 'Be kind.' });
		await session.refresh();
		const told = { title: 'Greetings', options: { model: 'flash', system: 'Be kind.' } };
		const { title, options } = session.conversation;
		assert.deepEqual({ title, options }, told);
		isFull = false;
		await ended(opened, 'And now?');
		const stored = await library.open(session.conversation.id);
		assert.deepEqual({ title: stored?.title, options: stored?.options }, told);
	});

	it('keeps on screen, and sends along, what the disk does not give just now', async () => {
		const folder = memoryFolder();
		let busy = 'nothing';
		const unless = <T>(path: string, act: () => Promise<T>): Promise<T> =>
			path.endsWith(busy) ? Promise.reject(new Error('EBUSY')) : act();
		const opened = await open({
			folder: {
				...folder,
				names: (path) => unless(path, () => folder.names(path)),
				read: (path) => unless(path, () => folder.read(path)),
			},
		});
		const { session } = opened;
		await ended(opened, 'Hi');
		session.setOptions({ model: 'flash' });
		await opened.library.flush();
		const { id, turns } = session.conversation;
		for (const file of [id, `${turns[0]?.id}.json`, 'about.json']) {
			busy = file;
			await session.refresh();
			assert.deepEqual(
				[session.conversation.turns.length, session.conversation.options],
				[1, { model: 'flash' }],
				file,
			);
		}
		busy = 'nothing';
		await ended(opened, 'And then?');
		const file = `${session.conversation.turns[1]?.id}.json`;
		busy = file;
		await session.refresh();
		// Another window deletes it.
		await folder.remove(`${id}/${file}`);
		busy = 'nothing';
		await session.refresh();
		assert.equal(session.conversation.turns.length, 1);
	});

	it('keeps on screen what was stored while the disk is away, beside what it could not take', async () => {
		const folder = memoryFolder();
		let isAway = false;
		const unlessAway = <T>(act: () => Promise<T>): Promise<T> => (isAway ? Promise.reject(new Error('EIO')) : act());
		const opened = await open({
			folder: {
				...folder,
				names: (path) => unlessAway(() => folder.names(path)),
				read: (path) => unlessAway(() => folder.read(path)),
				write: (path, text) => unlessAway(() => folder.write(path, text)),
			},
		});
		await ended(opened, 'Hi');
		await opened.library.flush();
		isAway = true;
		await ended(opened, 'And then?');
		await opened.session.refresh();
		const questions = opened.session.conversation.turns.map(({ question }) => question.text);
		assert.deepEqual(questions, ['Hi', 'And then?']);
	});

	/** A session whose first answer is stored, and whose second one came while the disk was full. */
	async function onFullDisk() {
		const folder = memoryFolder();
		const disk = { isFull: false };
		const write = (path: string, text: string) =>
			disk.isFull ? Promise.reject(new Error('disk full')) : folder.write(path, text);
		const opened = await open({ folder: { ...folder, write } });
		await ended(opened, 'Hi');
		await opened.library.flush();
		disk.isFull = true;
		await ended(opened, 'And then?');
		await opened.session.refresh();
		const { id } = opened.session.conversation;
		const stored = async (): Promise<number> => (await folder.names(id)).filter((name) => name !== 'about.json').length;
		assert.equal(await stored(), 1);
		/** What is asked next, once there is room. */
		const goOn = async (): Promise<void> => {
			disk.isFull = false;
			await ended(opened, 'And now?');
			await opened.library.flush();
		};
		return { ...opened, disk, id, stored, goOn };
	}

	it('stores an answer that the disk refused with what it takes next', async () => {
		const { stored, goOn } = await onFullDisk();
		await goOn();
		assert.equal(await stored(), 3);
	});

	it('tries one of many again each time, until there is room for all', async () => {
		const folder = memoryFolder();
		let [isFull, refusals] = [true, 0];
		const write = (path: string, text: string) => {
			if (!isFull || path.endsWith('about.json')) return folder.write(path, text);
			refusals++;
			return Promise.reject(new Error('disk full'));
		};
		const opened = await open({ folder: { ...folder, write } });
		for (const text of ['One', 'Two', 'Three', 'Four']) await ended(opened, text);
		await opened.library.flush();
		const before = refusals;
		await opened.library.saveAbout(opened.session.conversation);
		assert.equal(refusals - before, 1);
		isFull = false;
		await opened.library.saveAbout(opened.session.conversation);
		assert.equal((await folder.names(opened.session.conversation.id)).length, 5);
	});

	it('has that answer until the window closes, as it is said, also where the person goes to another conversation', async () => {
		const { session, library, id, stored, goOn } = await onFullDisk();
		session.startAnew();
		const found = await library.open(id);
		assert.deepEqual(
			found?.turns.map(({ question, answer }) => [question.text, answer.state]),
			[
				['Hi', 'done'],
				['And then?', 'done'],
			],
		);
		await goOn();
		assert.equal(await stored(), 2);
	});

	it('stores nothing of it any more where it was deleted, or everything is erased', async () => {
		for (const [act, left] of [
			['remove', 0],
			['letGo', 1],
		] as const) {
			const { session, library, id, stored, goOn } = await onFullDisk();
			session.startAnew();
			await library[act](id);
			assert.equal((await library.open(id))?.turns.length ?? 0, left);
			await goOn();
			assert.equal(await stored(), left, act);
		}
	});

	it('stores nothing of it any more where its deletion waited behind something that was stored', async () => {
		const { session, library, disk, id, stored } = await onFullDisk();
		session.startAnew();
		disk.isFull = false;
		void library.saveAbout({ id: 'other', options: {}, turns: [] });
		await library.remove(id);
		assert.equal(await stored(), 0);
	});

	it('stores nothing of it where another window erases everything: that window deletes the files, and once', async () => {
		const { session, library, disk, stored } = await onFullDisk();
		session.startAnew();
		disk.isFull = false;
		await session.forget();
		await library.flush();
		assert.equal(await stored(), 1);
	});
});
