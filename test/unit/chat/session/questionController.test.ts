import assert from 'node:assert/strict';
import type { Attachment } from '../../../../src/chat/model/attachment';
import { code, diff, open } from '../../../support/chat/openAsking';
import { settle } from '../../../support/chat/scriptedAsk';

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

	it('a command is one also where a question is written anew, and works on what went along, else on the code in front', async () => {
		const { asking, draft, session, sent, finish } = open();
		draft.addCode({ ...code, text: 'let b = 2;' });
		await asking.send('What is this?');
		await finish();
		const edit = (text: string) => asking.edit(session.conversation.turns[0]?.id ?? '', text);
		await edit('/fix the type');
		await finish();
		assert.match(sent(), /^Find what is wrong[^]*the type[^]*let b = 2;/);
		assert.doesNotMatch(sent(), /let a = 1;/);
		const plain = open();
		await plain.asking.send('What is a key?');
		await plain.finish();
		await plain.asking.edit(plain.session.conversation.turns[0]?.id ?? '', '/explain');
		assert.match(plain.sent(), /^Explain this code\.[^]*let a = 1;/);
	});

	it('a command without anything to work on leaves the question as it was where it is written anew', async () => {
		const { asking, session, script, finish } = open({ holds: 'nothing' });
		await asking.send('What is a key?');
		await finish();
		await assert.rejects(
			asking.edit(session.conversation.turns[0]?.id ?? '', '/fix'),
			/Nothing was sent: there is nothing for \/fix to work on\./,
		);
		assert.equal(script.requests.length, 1);
		assert.equal(session.conversation.turns[0]?.question.text, 'What is a key?');
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

	it('keeps for the next question what is added while the first one is still being made', async () => {
		let read: (found: Attachment) => void = () => undefined;
		const { asking, draft, session } = open({ read: () => new Promise((resolve) => (read = resolve)) });
		await asking.attach('files');
		const asked = asking.send('What is this?');
		await settle();
		draft.addCode(code);
		read({ label: 'b.txt', file: 'b.txt', language: 'txt', text: 'b' });
		await asked;
		assert.deepEqual(
			session.conversation.turns.map(({ question }) => question.attachments.map(({ label }) => label)),
			[['b.txt']],
		);
		assert.deepEqual(
			draft.chips.map(({ label }) => label),
			[code.label],
		);
	});

	it('leaves out what is taken off while the question is still being made, as while Git tells the changes', async () => {
		let tell: (changes: Attachment) => void = () => undefined;
		const { asking, draft, sent } = open({ changes: () => new Promise((resolve) => (tell = resolve)) });
		draft.addCode(code);
		const asked = asking.send('/commit');
		await settle();
		draft.clear();
		tell(diff);
		await settle();
		tell(diff);
		await asked;
		assert.match(sent(), /\+let a = 1;/);
		assert.doesNotMatch(sent(), /a\.ts/);
	});

	it('takes along what was named behind an @ and is still being read, as changes that Git tells in a while', async () => {
		let tell: (changes: Attachment) => void = () => undefined;
		const { asking, draft, sent, script } = open({ changes: () => new Promise((resolve) => (tell = resolve)) });
		const attached = asking.mention({ type: 'changes' });
		const asked = asking.send('Review @changes');
		await settle();
		assert.equal(script.requests.length, 0);
		tell(diff);
		await Promise.all([attached, asked]);
		assert.match(sent(), /Review @changes[^]*\+let a = 1;/);
		assert.deepEqual(draft.chips, []);
	});

	it('takes along files that were chosen and are still being read', async () => {
		let read: () => void = () => undefined;
		const reading = new Promise<void>((resolve) => (read = resolve));
		const { asking, sent, script } = open({ reading, read: () => Promise.resolve(code) });
		const attached = asking.attach('files');
		await settle();
		const asked = asking.send('Review it');
		await settle();
		assert.equal(script.requests.length, 0);
		read();
		await Promise.all([attached, asked]);
		assert.match(sent(), /Review it[^]*let a = 1;/);
	});

	it('asks nothing in a conversation that was opened while the question was still being made', async () => {
		let tell: (changes: Attachment) => void = () => undefined;
		const { asking, session, script, finish } = open({ changes: () => new Promise((resolve) => (tell = resolve)) });
		await asking.send('What is new?');
		await finish();
		const asked = asking.send('/commit');
		await settle();
		session.startAnew();
		tell(diff);
		await assert.rejects(asked, /^WordedError: Another conversation was opened meanwhile\. Nothing was sent\.$/);
		assert.deepEqual([script.requests.length, session.conversation.turns.length], [1, 0]);
	});

	it('a file that is gone is taken off, one that cannot go stays; neither lets the question go without it', async () => {
		for (const [found, serviceMessage, chips] of [
			['gone', /b\.txt no longer exists and was removed\. Nothing was sent\./, 0],
			['unfit', /Can’t attach b\.txt\. Nothing was sent/, 1],
		] as const) {
			const { asking, draft, script } = open({
				read: () => Promise.resolve(found),
			});
			await asking.attach('files');
			await assert.rejects(asking.send('What is this?'), serviceMessage);
			assert.equal(draft.chips.length, chips);
			assert.equal(script.requests.length, 0);
		}
	});

	it('a file is read when the question is sent', async () => {
		let text = 'old';
		const { asking, sent } = open({
			read: () =>
				Promise.resolve({
					label: 'b.txt',
					file: 'b.txt',
					language: 'plaintext',
					text,
				}),
		});
		await asking.attach('files');
		text = 'new';
		await asking.send('What is this?');
		assert.match(sent(), /b\.txt[^]*new/);
	});

	it('a picture goes along', async () => {
		const { asking, sent } = open();
		asking.attachPicture({
			type: 'attachPicture',
			label: 'shot.png',
			mimeType: 'image/png',
			data: 'AAAA',
		});
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
		// No file that is attached may be as large either.
		await assert.rejects(
			asking.send(long),
			/The question has 1,000,001 characters; at most 1,000,000 can be sent\. Shorten it\.$/,
		);
		await asking.send(' \n');
		assert.equal(script.requests.length, 0);
		await asking.send('short');
		await finish();
		const [turn] = session.conversation.turns;
		await assert.rejects(asking.edit(turn?.id ?? '', long), /at most 1,000,000 can be sent/);
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

	it('one question at a time: a second one waits for the answer to the first, with what goes along', async () => {
		const { asking, draft, queue, script } = open();
		await asking.send('first');
		draft.addCode(code);
		await asking.send('second');
		assert.equal(draft.chips.length, 0);
		assert.equal(script.requests.length, 1);
		assert.deepEqual(
			queue.shown.map(({ text }) => text),
			['second'],
		);
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
			const edited = asking.edit(ids[0] ?? '', 'one again');
			// Else the editor would close, and what was written there be gone.
			if (mayDrop) await edited;
			else await assert.rejects(edited, /Nothing was deleted or asked\./);
			assert.deepEqual(dropped, [2]);
			assert.equal(session.conversation.turns.length, mayDrop ? 1 : 3);
			assert.equal(script.requests.length, mayDrop ? 5 : 4);
		}
	});

	it('a question that came in another window meanwhile goes only where a person has said so', async () => {
		const answers: ((mayDrop: boolean) => void)[] = [];
		const given = open({ mayDrop: () => new Promise((resolve) => answers.push(resolve)) });
		const { asking, session, library, finish, dropped } = given;
		for (const text of ['one', 'two']) {
			await asking.send(text);
			await finish();
		}
		const [first, second] = session.conversation.turns;
		assert.ok(first && second);
		const edited = asking.edit(first.id, 'one again');
		await settle();
		await library.saveTurn(session.conversation, { ...second, id: 'theirs', askedAt: second.askedAt + 1 });
		await session.refresh();
		answers.shift()?.(true);
		await settle();
		assert.deepEqual([dropped, session.conversation.turns.length], [[1, 2], 3]);
		answers.shift()?.(true);
		await edited;
		assert.deepEqual(
			session.conversation.turns.map(({ question }) => question.text),
			['one again'],
		);
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

	it('what another window has deleted is not asked again, and nobody is asked what may go with it', async () => {
		const { asking, session, script, library, finish, dropped } = open();
		for (const text of ['first', 'second']) {
			await asking.send(text);
			await finish();
		}
		const { turns, id } = session.conversation;
		const [, second] = turns;
		assert.ok(second);
		await library.removeTurns(id, [second]);
		await assert.rejects(asking.edit(second.id, 'anew'), /deleted in another window/);
		await assert.rejects(asking.retry(second.id), /deleted in another window/);
		assert.deepEqual([script.requests.length, dropped, session.conversation.turns.length], [2, [], 1]);
	});
});
