import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConversationStore } from '../../../../src/chat/storage/conversationStore';
import { turnFromText } from '../../../../src/chat/storage/savedTurn';
import { diskFolder } from '../../../../src/node/diskFolder';
import { folderOf010, seenBy010 } from '../../../support/version010';

describe('a conversation that version 0.1.0 wrote', () => {
	const root = mkdtempSync(path.join(tmpdir(), 'keypool-chat-'));
	const troubles: unknown[] = [];
	const store = new ConversationStore({
		folder: () => diskFolder(root, () => 'new'),
		now: () => Date.UTC(2026, 11, 1),
		onTrouble: (what) => troubles.push(what),
	});
	before(() => cpSync(path.join(folderOf010, 'conversations'), root, { recursive: true }));
	after(() => rmSync(root, { recursive: true }));

	const seen = seenBy010().conversation;
	/** As today's code says what version 0.1.0 said. */
	const names: Readonly<Record<string, string>> = {
		...{
			is: 'state',
			account: 'summary',
			trail: 'attempts',
			finished: 'finishReason',
		},
		...{ why: 'reason', said: 'serviceMessage' },
	};
	const renamed = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(renamed);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [names[name] ?? name, renamed(one)]));
	};

	it('is listed under its title', async () => {
		const [about, ...others] = await store.list();
		assert.deepEqual([about?.id, about?.title, others, troubles], [seen.id, 'Rate limits', [], []]);
	});

	it('has every turn, question, attachment, answer and option that it had', async () => {
		const conversation = await store.open(seen.id);
		assert.deepEqual(conversation, renamed(seen));
		assert.deepEqual(
			conversation?.turns.map(({ answer }) => answer.state),
			['done', 'done', 'stopped', 'failed', 'cut'],
		);
		assert.equal(conversation.turns[0]?.question.attachments[0]?.label, 'queue.ts');
		assert.deepEqual(troubles, []);
	});

	it('says in today’s words that the store was out of reach', () => {
		const text = readFileSync(path.join(root, seen.id, `${String(seen.turns[3]?.['id'])}.json`), 'utf8');
		const answer = turnFromText(text.replace(/"why":"\w+"/, '"why":"ledgerDown"'))?.answer;
		assert.equal(answer?.state === 'failed' && answer.reason, 'storeUnavailable');
	});

	it('is written anew as one of today, and stays whole', async () => {
		const conversation = await store.open(seen.id);
		assert.ok(conversation);
		await store.saveAll(conversation);
		await store.saveAbout(conversation);
		const text = readFileSync(path.join(root, seen.id, `${conversation.turns[0]?.id}.json`), 'utf8');
		assert.match(text, /^\{"v":2,/);
		assert.deepEqual(await store.open(seen.id), conversation);
	});

	it('of a version that nobody knows is none', () => {
		assert.equal(turnFromText(JSON.stringify({ ...seen.turns[0], v: 3 })), undefined);
	});

	/** That version sets aside, by this name, whatever it does not know. */
	const openedBy010 = async () => {
		const conversation = await store.open(seen.id);
		assert.ok(conversation);
		await store.saveAll(conversation);
		await store.saveAbout(conversation);
		const folder = path.join(root, seen.id);
		for (const name of readdirSync(folder).filter((one) => one.endsWith('.json')))
			renameSync(path.join(folder, name), path.join(folder, `${name}.damaged`));
		return conversation;
	};

	it('is listed and whole after somebody has gone back to that version, which read nothing of what is written today', async () => {
		const conversation = await openedBy010();
		assert.deepEqual(
			(await store.list()).map(({ title }) => title),
			[seen['title']],
		);
		assert.deepEqual(await store.open(seen.id), conversation);
		assert.deepEqual(troubles, []);
	});

	it('does not come back with what is deleted of it after that', async () => {
		const { turns } = await openedBy010();
		await store.removeTurns(seen.id, turns.slice(1));
		assert.deepEqual((await store.open(seen.id))?.turns, turns.slice(0, 1));
		await store.remove(seen.id);
		assert.deepEqual([await store.open(seen.id), await store.list()], [undefined, []]);
	});
});
