import assert from 'node:assert/strict';
import { question } from '../../../support/chat/fixtures';
import { answerIn, doneBy, ended, open, questions, type OpenSession } from '../../../support/chat/openSession';
import { settle } from '../../../support/chat/scriptedAsk';

describe('Two windows in one conversation', () => {
	/** Two windows in one conversation; the first has half of an answer. */
	const halfway = async () => {
		const first = await open();
		const { folder, machine } = first;
		const asked = first.session.ask(question('Hi'));
		first.script.last.text('half');
		await settle();
		first.timers.shift()?.();
		await first.library.flush();
		const second = await open({
			folder,
			machine,
			id: first.session.conversation.id,
		});
		const finish = async () => {
			first.script.last.text(' and half');
			first.script.last.send(doneBy);
			first.script.last.end();
			await asked;
			await machine.clock.settle();
		};
		return {
			first,
			second,
			machine,
			finish,
			turn: first.session.conversation.turns[0]?.id ?? '',
		};
	};
	const state = (opened: OpenSession) => {
		const answer = answerIn(opened);
		return [answer?.state, answer?.text];
	};

	it('an answer that comes there is shown as coming there, as it grows, and whole at once when it has ended', async () => {
		const { first, second, machine, finish } = await halfway();
		assert.deepEqual(state(second), ['elsewhere', 'half']);
		first.script.last.text(' more');
		await settle();
		first.timers.shift()?.();
		await machine.clock.advance(2_000);
		assert.deepEqual(state(second), ['elsewhere', 'half more']);
		await finish();
		assert.deepEqual(state(second), ['done', 'half more and half']);
		await machine.clock.advance(4_000);
		second.catchingUp.dispose();
		first.catchingUp.dispose();
		assert.equal(machine.clock.pending, 0, 'who waits for nothing looks no more');
	});

	it('a question that is asked there is seen without a look at the window', async () => {
		const { first, second, machine, finish } = await halfway();
		await finish();
		void first.session.ask(question('And now?'));
		await machine.clock.settle();
		assert.deepEqual(questions(second), ['Hi', 'And now?']);
		assert.equal(second.session.conversation.turns[1]?.answer.state, 'elsewhere');
	});

	it('an answer whose window dies without a word is cut a few seconds later', async () => {
		const first = await open();
		const { folder, machine } = first;
		await ended(first, 'Hi');
		const [turn] = first.session.conversation.turns;
		assert.ok(turn);
		const { id } = first.session.conversation;
		await first.library.saveTurn(first.session.conversation, {
			...turn,
			answer: { state: 'streaming', text: 'ha', startedAt: 0 },
		});
		await machine.store.transact((tx, now) =>
			tx.put({
				kind: 'leader',
				id: `answer:${id}/${turn.id}`,
				doc: { v: 2, holder: 'killed', expiresAt: now + 3_500 },
			}),
		);
		const second = await open({ folder, machine, id });
		assert.deepEqual(state(second), ['elsewhere', 'ha']);
		await machine.clock.advance(6_000);
		assert.deepEqual(state(second), ['cut', 'ha']);
	});

	it('an answer that comes there is left alone: it is not asked again, nor dropped, nor sent along half', async () => {
		const { first, second, finish, turn } = await halfway();
		await second.session.retry(turn);
		await second.session.edit(turn, { text: 'In other words' });
		assert.equal(second.script.requests.length, 0);
		const asked = second.session.ask(question('Meanwhile?'));
		assert.equal(second.script.last.prompt.turns.length, 1);
		await finish();
		second.script.last.text('Yes.');
		second.script.last.send(doneBy);
		second.script.last.end();
		await asked;
		await second.library.flush();
		await Promise.all([first.session.refresh(), second.session.refresh()]);
		for (const { session } of [first, second]) {
			assert.deepEqual(
				session.conversation.turns.map(({ answer }) => [answer.state, answer.text]),
				[
					['done', 'half and half'],
					['done', 'Yes.'],
				],
			);
		}
	});

	it('a question that both ask again in the same moment is answered once, and both show that answer', async () => {
		const { first, second, machine, finish, turn } = await halfway();
		await finish();
		await machine.clock.advance(4_000);
		const both = [first, second];
		assert.deepEqual(both.map(state)[0], both.map(state)[1]);
		const retried = both.map(({ session }) => session.retry(turn));
		await machine.clock.settle();
		const running = both.filter(({ session }) => session.running);
		assert.equal(running.length, 1);
		const [winner] = running;
		winner?.script.last.text('once');
		winner?.script.last.send(doneBy);
		winner?.script.last.end();
		await Promise.all(retried);
		await machine.clock.advance(4_000);
		assert.deepEqual(both.map(state), [
			['done', 'once'],
			['done', 'once'],
		]);
	});

	it('a question that is asked again right after it was stopped here is not taken for one that is answered elsewhere', async () => {
		const { first, machine, turn } = await halfway();
		first.session.stop();
		void first.session.retry(turn);
		await machine.clock.settle();
		assert.ok(first.session.running);
		assert.equal(answerIn(first)?.state, 'waiting');
	});

	it('what is dropped and asked anew there is not brought back from here', async () => {
		const { first, second, machine, finish, turn } = await halfway();
		await finish();
		await ended(first, 'It is built upon');
		await second.session.refresh();
		assert.deepEqual(questions(second), ['Hi', 'It is built upon']);
		const edited = first.session.edit(turn, { text: 'Hello' });
		first.script.last.text('new');
		first.script.last.send(doneBy);
		first.script.last.end();
		await edited;
		await machine.clock.settle();
		assert.deepEqual(questions(second), ['Hello']);
		assert.deepEqual(state(second), ['done', 'new']);
	});

	it('what is deleted there is stored whole again with the model that somebody chooses for it: else it was empty at the next question', async () => {
		for (const isHeard of [true, false]) {
			const first = await open();
			await ended(first, 'begun');
			const { id } = first.session.conversation;
			const second = await open({ folder: first.folder });
			await second.library.remove(id);
			if (isHeard) await first.session.refresh();
			first.session.setOptions({ model: 'flash' });
			await first.session.refresh();
			assert.deepEqual(questions(first), ['begun']);
			if (!isHeard) await ended(first, 'more');
			const stored = await second.library.open(id);
			assert.deepEqual([stored?.turns.length, stored?.options], [isHeard ? 1 : 2, { model: 'flash' }]);
		}
	});

	it('what could not be stored stays when the other window is heard of', async () => {
		const { second, finish } = await halfway();
		await finish();
		const { folder } = second;
		const asItWas = { ...folder };
		Object.assign(folder, {
			write: () => Promise.reject(new Error('disk full')),
		});
		await ended(second, 'not stored');
		Object.assign(folder, asItWas);
		await second.session.refresh();
		assert.deepEqual(questions(second), ['Hi', 'not stored']);
	});
});
