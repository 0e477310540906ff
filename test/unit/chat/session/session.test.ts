import assert from 'node:assert/strict';
import type { Piece } from '../../../../src/gemini/gemini';
import { PoolError } from '../../../../src/pool/pool';
import { attempt, keyId, question } from '../../../support/chat/fixtures';
import { answerIn, doneBy, ended, open, questions } from '../../../support/chat/openSession';
import { settle } from '../../../support/chat/scriptedAsk';

describe('A chat session', () => {
	it('streams an answer and tells a view only what is new', async () => {
		const { session, script, changes } = await open();
		const asked = session.ask(question('Hi'));
		assert.ok(session.running);
		script.last.text('Hel');
		script.last.text('lo');
		script.last.send(doneBy);
		script.last.end();
		await asked;
		assert.equal(session.running, false);
		assert.equal(session.conversation.turns[0]?.answer.text, 'Hello');
		assert.deepEqual(
			changes.map((change) => (change.type === 'append' ? `append ${change.text}` : change.type)),
			['turn', 'append Hel', 'answer', 'append lo', 'answer'],
		);
	});

	it('hands the surface on, so that the log can say where a question came from', async () => {
		const { session, script } = await open();
		void session.ask({ ...question('Hi'), origin: 'palette' });
		assert.equal(script.last.options.origin, 'palette');
		assert.equal(script.last.options.session, session.conversation.id, 'a conversation stays on its key');
	});

	it('stops at once, keeps what had come, and ignores what comes late', async () => {
		const { session, script } = await open();
		const asked = session.ask(question('Hi'));
		script.last.text('some');
		await settle();
		session.stop();
		assert.ok(script.last.signal.aborted);
		const stopped = session.conversation.turns[0]?.answer;
		assert.deepEqual([stopped?.state, stopped?.text], ['stopped', 'some']);
		script.last.text(' more');
		await asked;
		assert.equal(session.conversation.turns[0]?.answer, stopped);
	});

	it('tells the key, the model and the cost of a stopped answer as soon as the pool has ended its send', async () => {
		const { session, script, changes, library, folder } = await open();
		const asked = session.ask(question('Hi'));
		script.last.text('some');
		await settle();
		session.stop();
		script.last.attempts.push(attempt('busy', 'rpm'), {
			...attempt('good', 'cancelled'),
			...{ ms: 40, cost: 1_200 },
		});
		changes.length = 0;
		await asked;
		const answer = session.conversation.turns[0]?.answer;
		assert.ok(answer?.state === 'stopped');
		assert.deepEqual(answer.summary.on, { key: 'good', model: 'flash' });
		assert.equal(answer.summary.attempts.length, 2);
		assert.equal(answer.summary.cost, 1_200);
		assert.deepEqual(
			changes.map(({ type }) => type),
			['answer'],
		);
		await library.flush();
		const again = await open({ folder, id: session.conversation.id });
		const stored = again.session.conversation.turns[0]?.answer;
		assert.deepEqual(stored?.state === 'stopped' && stored.summary.on, {
			key: 'good',
			model: 'flash',
		});
	});

	it('leaves a stopped answer alone that is asked anew before its send has ended', async () => {
		const { session, script } = await open();
		const asked = session.ask(question('Hi'));
		const first = script.last;
		await settle();
		const id = session.conversation.turns[0]?.id ?? '';
		session.stop();
		first.attempts.push(attempt('good', 'cancelled'));
		void session.retry(id);
		await asked;
		assert.equal(session.conversation.turns[0]?.answer.state, 'waiting');
	});

	it('keeps the reason, the facts and the attempts of a failure, also those before a person was asked', async () => {
		const { session, script } = await open();
		const asked = session.ask(question('Hi'));
		script.last.attempts.push(attempt('a', 'idle'), attempt('a', 'rpd'));
		script.last.fail(new PoolError('waitedTooLong', [attempt('a', 'rpd')], { retryAt: 9 }));
		await asked;
		const answer = session.conversation.turns[0]?.answer;
		assert.ok(answer?.state === 'failed');
		assert.deepEqual(
			[answer.reason, answer.facts, answer.summary.attempts.length],
			['waitedTooLong', { retryAt: 9 }, 2],
		);
	});

	it('fails rather than spins when a stream breaks its promise', async () => {
		for (const breakIt of ['end', 'throw'] as const) {
			const { session, script } = await open();
			const asked = session.ask(question('Hi'));
			if (breakIt === 'end') {
				script.last.end();
			} else {
				script.last.fail(new TypeError('a bug'));
			}
			await asked;
			const answer = session.conversation.turns[0]?.answer;
			assert.ok(answer?.state === 'failed' && answer.reason === 'unexpected');
		}
	});

	it('lets one answer run: a new question stops the old one', async () => {
		const { session, script } = await open();
		const first = session.ask(question('one'));
		void session.ask(question('two'));
		await first;
		assert.deepEqual(
			session.conversation.turns.map(({ answer }) => answer.state),
			['stopped', 'waiting'],
		);
		assert.ok(script.requests[0]?.signal.aborted);
	});

	it('asks again in the place of the failed answer', async () => {
		const { session, script } = await open();
		const asked = session.ask(question('Hi'));
		script.last.fail(new PoolError('network', []));
		await asked;
		const retried = session.retry(session.conversation.turns[0]?.id ?? '');
		script.last.text('now');
		script.last.send(doneBy);
		script.last.end();
		await retried;
		assert.deepEqual(
			session.conversation.turns.map(({ answer }) => answer.text),
			['now'],
		);
	});

	it('moves what waits to another model', async () => {
		const { session, script } = await open();
		void session.ask(question('Hi'));
		session.useModel('another turn', 'other');
		session.useModel(session.conversation.turns[0]?.id ?? '', 'lite');
		assert.deepEqual(script.last.models, ['lite']);
	});

	it('tells a retraction once, and then the new text', async () => {
		const { session, script, changes } = await open();
		void session.ask(question('Hi'));
		script.last.text('half');
		script.last.send({ type: 'retract', attempt: 1, reason: 'cutStream' });
		script.last.text('whole');
		await settle();
		assert.deepEqual(
			changes.slice(1).map((change) => (change.type === 'append' ? change.text : change.type)),
			['half', 'answer', 'retract', 'whole'],
		);
	});

	it('tells thoughts and sources as they come, and takes them back with the text', async () => {
		const { session, script, changes } = await open();
		void session.ask(question('Hi'));
		const turn = session.conversation.turns[0]?.id;
		const piece = (value: Piece) => script.last.send({ type: 'output', attempt: 1, value });
		const grounding = {
			queries: ['why'],
			sources: [{ title: 'A', uri: 'https://a.example/' }],
		};
		piece({ type: 'thought', text: 'h' });
		piece({ type: 'thought', text: 'm' });
		script.last.send({ type: 'retract', attempt: 1, reason: 'cutStream' });
		piece({ type: 'thought', text: 'so' });
		script.last.text('Hel');
		piece({ type: 'grounding', ...grounding });
		piece({ type: 'grounding', ...grounding });
		script.last.text('lo');
		script.last.send(doneBy);
		await settle();
		const told = changes
			.slice(1)
			.map((change) =>
				'text' in change ? `${change.type} ${change.text}` : change.type === 'answer' ? 'answer' : change,
			);
		assert.deepEqual(told, [
			...['appendThoughts h', 'answer', 'appendThoughts m'],
			...[{ type: 'retract', turn }, 'answer', 'appendThoughts so', 'answer', 'append Hel', 'answer'],
			...[{ type: 'grounding', turn, grounding }, 'append lo', 'answer'],
		]);
		const { text, thoughts } = session.conversation.turns[0]?.answer ?? {};
		assert.deepEqual([text, thoughts], ['Hello', 'so']);
	});

	it('is there again after a reload', async () => {
		const first = await open();
		await ended(first, 'Hi');
		first.session.rename('Greetings');
		first.session.setOptions({ model: 'pro', temperature: 1 });
		await first.library.flush();
		const before = first.session.conversation;
		first.session.dispose();
		const again = await open({ folder: first.folder, id: before.id });
		assert.deepEqual(again.session.conversation, before);
	});

	it('asks with the model of the conversation', async () => {
		const opened = await open();
		opened.session.setOptions({ model: 'pro' });
		void opened.session.ask(question('Hi'));
		assert.equal(opened.script.last.options.model, 'pro');
	});

	it('leaves out as much as the model that really answers cannot take in, and says so, also after a reload', async () => {
		const opened = await open();
		const { session, script, changes, library, folder } = opened;
		for (const text of ['one', 'two', 'three']) await ended(opened, text);
		const asked = session.ask(question('four'));
		const lengthFor = (model: string) => script.last.promptFor(model).turns.length;
		// Each turn before is two pieces of one token.
		assert.deepEqual(['flash', 'small', 'another'].map(lengthFor), [7, 3, 7]);
		const omitted = () => session.conversation.turns.at(-1)?.omitted;
		assert.equal(omitted(), undefined);
		const [from, to] = ['flash', 'small'].map((model) => ({
			key: keyId('good'),
			model,
		}));
		assert.ok(from && to);
		script.last.send({ type: 'switched', attempt: 2, from, to, reason: 'rpd' });
		await settle();
		assert.equal(omitted(), 2, 'it is said while the answer comes');
		assert.ok(changes.slice(-2).some(({ type }) => type === 'turn'));
		script.last.text('answer');
		script.last.send({ ...doneBy, on: to });
		script.last.end();
		await asked;
		assert.equal(omitted(), 2);
		await library.flush();
		const again = await open({ folder, id: session.conversation.id });
		assert.equal(again.session.conversation.turns.at(-1)?.omitted, 2);
		const retried = session.retry(session.conversation.turns.at(-1)?.id ?? '');
		script.last.send(doneBy);
		script.last.end();
		await retried;
		assert.equal(omitted(), undefined, 'the wanted model has all of it');
	});

	it('never sends a fallback more than the wanted model takes in: what it weighs was reckoned for that one', async () => {
		const opened = await open();
		opened.session.setOptions({ model: 'small' });
		for (const text of ['one', 'two', 'three']) await ended(opened, text);
		void opened.session.ask(question('four'));
		assert.equal(opened.script.last.promptFor('flash').turns.length, 3);
		assert.equal(opened.session.conversation.turns.at(-1)?.omitted, 2);
	});

	it('begins anew without losing the old conversation', async () => {
		const opened = await open();
		await ended(opened, 'Hi');
		opened.session.startAnew();
		opened.session.startAnew();
		assert.deepEqual(questions(opened), []);
		assert.deepEqual(
			(await opened.library.list()).map(({ begins }) => begins),
			['Hi'],
		);
	});

	it('asks a question in other words in its place, and drops what came after', async () => {
		const opened = await open();
		await ended(opened, 'one');
		await ended(opened, 'two');
		await ended(opened, 'three');
		const [, second] = opened.session.conversation.turns;
		const edited = opened.session.edit(second?.id ?? '', { text: 'two again' });
		opened.script.last.text('new');
		opened.script.last.send(doneBy);
		opened.script.last.end();
		await edited;
		await opened.library.flush();
		assert.deepEqual(questions(opened), ['one', 'two again']);
		assert.equal(opened.script.last.prompt.turns.length, 3);
		const again = await open({
			folder: opened.folder,
			id: opened.session.conversation.id,
		});
		assert.deepEqual(again.session.conversation, opened.session.conversation);
	});

	it('saves what has come of a long answer while it runs', async () => {
		const { session, script, timers, library, folder } = await open();
		void session.ask(question('Hi'));
		script.last.text('so far');
		await settle();
		timers.shift()?.();
		await library.flush();
		const back = await open({ folder, id: session.conversation.id });
		const answer = back.session.conversation.turns[0]?.answer;
		assert.deepEqual([answer?.state, answer?.text], ['cut', 'so far']);
	});

	it('keeps what had come when the window closes, marked as cut, and leaves no timer', async () => {
		const { session, script, timers, library, folder } = await open();
		void session.ask(question('Hi'));
		script.last.text('so far');
		await settle();
		session.dispose();
		await library.flush();
		assert.equal(timers.length, 0);
		const back = await open({ folder, id: session.conversation.id });
		assert.equal(back.session.conversation.turns[0]?.answer.state, 'cut');
	});

	it('loses nothing when two windows ask in one conversation at the same time', async () => {
		const first = await open();
		await ended(first, 'begun');
		const { id } = first.session.conversation;
		const second = await open({ folder: first.folder, id });
		const asked = [first, second].map(({ session }, i) => session.ask(question(`from ${i}`)));
		for (const { script } of [first, second]) {
			script.last.text('answer');
			script.last.send(doneBy);
			script.last.end();
		}
		await Promise.all(asked);
		await Promise.all([first.library.flush(), second.library.flush()]);
		await Promise.all([first.session.refresh(), second.session.refresh()]);
		assert.deepEqual(questions(first).sort(), ['begun', 'from 0', 'from 1']);
		assert.deepEqual(questions(second), questions(first));
	});

	it('keeps the title and the options that another window gave it', async () => {
		const first = await open();
		await ended(first, 'begun');
		const second = await open({
			folder: first.folder,
			id: first.session.conversation.id,
		});
		second.session.rename('Plans');
		second.session.setOptions({ temperature: 1 });
		await second.library.flush();
		await ended(first, 'more');
		await first.library.flush();
		assert.deepEqual((await first.library.list())[0]?.title, 'Plans');
		await first.session.refresh();
		assert.deepEqual(
			[first.session.conversation.title, first.session.conversation.options],
			['Plans', { temperature: 1 }],
		);
		assert.deepEqual(questions(first), ['begun', 'more']);
	});

	it('stays deleted when another window deletes it, until somebody goes on with it; then it is stored whole', async () => {
		const first = await open();
		await ended(first, 'begun');
		const { id } = first.session.conversation;
		await first.library.flush();
		const second = await open({ folder: first.folder });
		await second.library.remove(id);
		await first.session.refresh();
		assert.deepEqual(questions(first), ['begun'], 'what is on screen stays');
		assert.equal(await second.library.open(id), undefined);
		await ended(first, 'more');
		await first.library.flush();
		assert.deepEqual(
			(await second.library.open(id))?.turns.map(({ question: { text } }) => text),
			['begun', 'more'],
		);
	});

	it('shows the last words that a window stored while it went and its successor already read', async () => {
		const first = await open();
		void first.session.ask(question('Hi'));
		first.script.last.text('half');
		await settle();
		first.timers.shift()?.();
		await first.library.flush();
		first.script.last.text(' and the last words');
		await settle();
		const second = await open({
			folder: first.folder,
			id: first.session.conversation.id,
		});
		first.session.dispose();
		await first.library.flush();
		await second.session.refresh();
		const answer = answerIn(second);
		assert.deepEqual([answer?.state, answer?.text], ['cut', 'half and the last words']);
	});
});
