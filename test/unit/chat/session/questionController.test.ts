import assert from 'node:assert/strict';
import { AnswerLock } from '../../../../src/chat/session/answerLock';
import { QuestionController } from '../../../../src/chat/session/questionController';
import type { Attachment } from '../../../../src/chat/model/attachment';
import { PendingAttachments, type ReadFile } from '../../../../src/chat/model/pendingAttachments';
import { memoryFolder } from '../../../../src/chat/storage/folder';
import { ConversationStore } from '../../../../src/chat/storage/conversationStore';
import { ChatSession } from '../../../../src/chat/session/session';
import { InMemoryStore } from '../../../../src/pool/pool';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { createWords } from '../../../../src/localization/words';
import { VirtualClock } from '../../../support/virtualClock';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedAsk, settle } from '../../../support/chat/scriptedAsk';

const code: Attachment = { label: 'a.ts, line 3', file: 'a.ts', language: 'typescript', text: 'let a = 1;' };
const diff: Attachment = { label: 'changes in 2 files', file: 'the changes', language: 'diff', text: '+let a = 1;' };
const file = { uri: 'file:///b.txt', label: 'b.txt', bytes: 9 };

interface Editor {
	/** What is selected, and what waits to be committed; `nothing`: there is neither. */
	readonly holds?: 'code' | 'nothing';
	readonly read?: ReadFile;
	/** Tokens that the model takes in, where each character is one. */
	readonly takesIn?: number;
	/** What a person says to questions that go. */
	readonly mayDrop?: boolean;
}

/** A chat's asking over a real session, with an editor that holds what a test says. */
function open({
	holds = 'code',
	read = () => Promise.resolve('gone'),
	mayDrop = true,
	takesIn = 9_000_000,
}: Editor = {}) {
	/** What a question may not hold. */
	let refused: string | undefined;
	/** How many questions a person was asked to drop. */
	const dropped: number[] = [];
	const script = new ScriptedAsk();
	const troubles: unknown[] = [];
	let ids = 0;
	const newId = (): string => `id-${++ids}`;
	const clock = new VirtualClock(0);
	const folder = memoryFolder();
	const library = new ConversationStore({
		folder: () => folder,
		now: clock.wall,
		onTrouble: (what) => troubles.push(what),
	});
	const ledger = new InMemoryStore(clock);
	const onError = (error: unknown) => troubles.push(error);
	const session = new ChatSession({
		answering: new AnswerLock(new LeaderElection(ledger, clock, 'this window'), onError),
		ask: script.ask,
		labelOf: (key) => key,
		clock,
		newId,
		library,
		inputLimit: () => 1_000_000,
		weigh: () => 1,
		onError,
	});
	const draft = new PendingAttachments(newId, onError);
	const held = <T>(value: T) => Promise.resolve(holds === 'nothing' ? undefined : value);
	const asking = new QuestionController({
		session,
		draft,
		editor: {
			selection: () => held(code),
			changes: () => held(diff),
			pickFiles: () => Promise.resolve([file]),
			readFile: read,
			insert: () => Promise.resolve(),
			apply: () => Promise.resolve(),
			newFile: () => Promise.resolve(),
		},
		mayDrop: (turns) => Promise.resolve(dropped.push(turns) > 0 && mayDrop),
		words: createWords(
			(text, ...values) => text.replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)])),
			{ language: 'en' },
			clock.wall,
		),
		excessOf: ({ text }) => (text.length > takesIn ? { size: text.length, limit: takesIn, model: 'flash' } : undefined),
		mayBeSent: (question) => Promise.resolve(refused === undefined || !JSON.stringify(question).includes(refused)),
		onError: (error) => troubles.push(error),
	});
	/** What the model was sent last, as text. */
	const sent = (): string => {
		const parts = script.last.prompt.turns.at(-1)?.content ?? [];
		return parts.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');
	};
	/** Another window answers the turn. */
	const answeredElsewhere = (turn: string) =>
		ledger.transact((tx, now) =>
			tx.put({
				kind: 'leader',
				id: `answer:${session.conversation.id}/${turn}`,
				doc: { v: 2, holder: 'another window', expiresAt: now + 3_000 },
			}),
		);
	const finish = async () => {
		script.last.send({
			type: 'done',
			attempt: 1,
			finishReason: 'STOP',
			on: { key: keyId('k'), model: 'flash' },
			attempts: [],
		});
		script.last.end();
		await settle();
	};
	const refuse = (text: string): void => void (refused = text);
	return { asking, draft, session, refuse, script, sent, troubles, library, dropped, answeredElsewhere, finish };
}

describe('Asking in the chat', () => {
	const wishes = {
		explain: /^Explain this code\./,
		fix: /^Find what is wrong with this code and fix it\./,
		tests: /^Write tests for this code\./,
		doc: /^Document this code/,
	};
	for (const [name, wish] of Object.entries(wishes)) {
		it(`/${name} sends its wish, what was written after it, and the code in front`, async () => {
			const { asking, sent } = open();
			await asking.send(`/${name} in a few words`);
			assert.match(sent(), wish);
			assert.match(sent(), /in a few words[^]*a\.ts[^]*let a = 1;/);
		});
	}

	it('asks nothing with a held key in it that the person does not want to send, and keeps what was written', async () => {
		const refused = /^WordedError: Nothing was sent: the text contains one of your keys\.$/;
		const refusal = async (asked: Promise<void>): Promise<string> => asked.then(() => 'asked', String);
		const { asking, draft, session, script, refuse, finish } = open();
		refuse('HELD');
		draft.addCode({ ...code, text: 'const key = "HELD";' });
		assert.match(await refusal(asking.send('Why?')), refused);
		assert.deepEqual([session.conversation.turns.length, draft.chips.length], [0, 1]);
		draft.clear();
		assert.match(await refusal(asking.send('Is HELD a key?')), refused);
		await asking.send('Is it?');
		await finish();
		const [turn] = session.conversation.turns;
		assert.match(await refusal(asking.edit(turn?.id ?? '', 'Is HELD?')), refused);
		assert.equal(session.conversation.turns[0]?.question.text, 'Is it?');
		assert.equal(script.requests.length, 1);
	});

	it('asks again what was asked only where that may be sent', async () => {
		const given = open();
		await given.asking.send('Is HELD a key?');
		await given.finish();
		given.refuse('HELD');
		const [turn] = given.session.conversation.turns;
		await assert.rejects(given.asking.retry(turn?.id ?? ''), /Nothing was sent/);
		assert.equal(given.script.requests.length, 1);
		given.refuse('nothing');
		await given.asking.retry(turn?.id ?? '');
		assert.equal(given.script.requests.length, 2);
	});

	it('/commit sends what waits to be committed, not the code in front', async () => {
		const { asking, sent } = open();
		await asking.send('/commit');
		assert.match(sent(), /^Write a commit message for these changes[^]*\+let a = 1;/);
		assert.doesNotMatch(sent(), /a\.ts/);
	});

	it('a command works on what was attached where something was', async () => {
		const { asking, draft, sent } = open({ holds: 'nothing' });
		draft.addCode(code);
		await asking.send('/explain');
		assert.match(sent(), /let a = 1;/);
		assert.deepEqual(draft.chips, []);
	});

	it('/commit is about the changes, also where something else goes along', async () => {
		const { asking, draft, sent } = open();
		draft.addCode(code);
		await asking.send('/commit');
		assert.match(sent(), /\+let a = 1;[^]*a\.ts/);
	});

	it('a command without anything to work on says so and sends nothing; a word that is none of ours is a question', async () => {
		const { asking, script, sent } = open({ holds: 'nothing' });
		await assert.rejects(asking.send('/fix'), /Nothing was sent: there is nothing for \/fix to work on\./);
		assert.equal(script.requests.length, 0);
		await asking.send('/etc/hosts is what?');
		assert.equal(sent(), '/etc/hosts is what?');
	});

	it('a file that is gone is taken off, one that cannot go stays; neither lets the question go without it', async () => {
		for (const [found, serviceMessage, chips] of [
			['gone', /b\.txt no longer exists and was removed\. Nothing was sent\./, 0],
			['unfit', /b\.txt cannot go along\. Nothing was sent/, 1],
		] as const) {
			const { asking, draft, script } = open({ read: () => Promise.resolve(found) });
			await asking.attach('files');
			await assert.rejects(asking.send('What is this?'), serviceMessage);
			assert.equal(draft.chips.length, chips);
			assert.equal(script.requests.length, 0);
		}
	});

	it('a file is read when the question is sent', async () => {
		let text = 'old';
		const { asking, sent } = open({
			read: () => Promise.resolve({ label: 'b.txt', file: 'b.txt', language: 'plaintext', text }),
		});
		await asking.attach('files');
		text = 'new';
		await asking.send('What is this?');
		assert.match(sent(), /b\.txt[^]*new/);
	});

	it('a picture goes along', async () => {
		const { asking, sent } = open();
		asking.attachPicture({ type: 'attachPicture', label: 'shot.png', mimeType: 'image/png', data: 'AAAA' });
		await asking.send('What is on it?');
		assert.match(sent(), /\[image\]$/);
	});

	it('at most twenty things go along, and the next one is refused in words', async () => {
		const { asking, draft } = open();
		for (let n = 0; n < 20; n++) await asking.attach('selection');
		await assert.rejects(asking.attach('selection'), /At most 20 attachments can go with one question\./);
		assert.equal(draft.chips.length, 20);
	});

	it('a question beyond every limit is refused in words, also one that is written anew; one of blanks is none', async () => {
		const { asking, script, session, finish } = open();
		const long = 'x'.repeat(1_000_001);
		await assert.rejects(asking.send(long), /The question has 1000001 characters; at most 1000000 can be sent/);
		await asking.send(' \n');
		assert.equal(script.requests.length, 0);
		await asking.send('short');
		await finish();
		const [turn] = session.conversation.turns;
		await assert.rejects(asking.edit(turn?.id ?? '', long), /at most 1000000 can be sent/);
		assert.equal(script.requests.length, 1);
	});

	it('a question that the model cannot take in is not sent: it is said by how much and what helps, and the draft stays', async () => {
		const { asking, draft, script, session, finish } = open({ takesIn: 50 });
		draft.addCode(code);
		const refusal = /about 60 tokens\. flash accepts 50\. Nothing was sent\. Shorten it, .*choose a model/;
		await assert.rejects(asking.send('x'.repeat(60)), refusal);
		assert.deepEqual([script.requests.length, draft.chips.length], [0, 1]);
		await asking.send('short');
		await finish();
		await assert.rejects(asking.edit(session.conversation.turns[0]?.id ?? '', 'x'.repeat(60)), refusal);
		assert.equal(script.requests.length, 1);
	});

	it('one question at a time: a second one waits for a person to stop the first, and loses nothing of its draft', async () => {
		const { asking, draft, script } = open();
		await asking.send('first');
		draft.addCode(code);
		await assert.rejects(asking.send('second'), /An answer is still running\. Stop it first\./);
		assert.equal(draft.chips.length, 1);
		assert.equal(script.requests.length, 1);
	});

	it('questions after an edited one go only when a person says so', async () => {
		for (const mayDrop of [false, true]) {
			const { asking, session, script, finish, dropped } = open({ mayDrop });
			for (const text of ['one', 'two', 'three']) {
				await asking.send(text);
				await finish();
			}
			const ids = session.conversation.turns.map(({ id }) => id);
			await asking.edit(ids[2] ?? '', 'three again');
			await finish();
			assert.deepEqual(dropped, [], 'nothing goes with the last one');
			await asking.edit(ids[0] ?? '', 'one again');
			assert.deepEqual(dropped, [2]);
			assert.equal(session.conversation.turns.length, mayDrop ? 1 : 3);
			assert.equal(script.requests.length, mayDrop ? 5 : 4);
		}
	});

	it('what another window is answering is neither asked again nor edited, nor dropped with an earlier question', async () => {
		const { asking, session, script, library, finish, answeredElsewhere, dropped } = open();
		for (const text of ['first', 'second']) {
			await asking.send(text);
			await finish();
		}
		const [first, second] = session.conversation.turns;
		assert.ok(first && second);
		await answeredElsewhere(second.id);
		await library.saveTurn(session.conversation, {
			...second,
			answer: { state: 'streaming', text: 'ha', startedAt: 0 },
		});
		await assert.rejects(asking.retry(second.id), /being answered in another window/);
		await assert.rejects(asking.edit(second.id, 'anew'), /being answered in another window/);
		await assert.rejects(asking.edit(first.id, 'anew'), /being answered in another window/);
		assert.deepEqual([script.requests.length, dropped], [2, []]);
		await asking.retry(first.id);
		assert.equal(script.requests.length, 3);
	});
});
