import assert from 'node:assert/strict';
import { Session, type SessionChange } from '../../../src/chat/session';
import { mementoStore, restore, type ConversationStore } from '../../../src/chat/store';
import { PoolError } from '../../../src/pool/pool';
import { attempt, keyId, question } from './fixtures';
import { ScriptedAsk, settle } from './scriptedAsk';

class Memento {
	readonly values = new Map<string, unknown>();
	get = (key: string) => this.values.get(key);
	update = (key: string, value: unknown) => {
		this.values.set(key, JSON.parse(JSON.stringify(value)));
		return Promise.resolve();
	};
}

function open(memento = new Memento(), store: ConversationStore = mementoStore(memento)) {
	const script = new ScriptedAsk();
	const changes: SessionChange[] = [];
	const troubles: string[] = [];
	const timers: (() => void)[] = [];
	let now = 1_000;
	let ids = 0;
	const session = new Session({
		ask: script.ask,
		labelOf: (key) => key,
		clock: {
			wall: () => (now += 100),
			steady: () => now,
			after: (_ms, run) => {
				timers.push(run);
				return () => void timers.splice(timers.indexOf(run), timers.includes(run) ? 1 : 0);
			},
		},
		newId: () => `id${++ids}`,
		store,
		onStoreError: (what) => troubles.push(what),
	});
	session.onDidChange((change) => changes.push(change));
	return { session, script, changes, troubles, timers, memento };
}

const trail = [attempt('busy', 'rpm'), attempt('good', 'answered')];
const doneBy = {
	type: 'done',
	attempt: 2,
	finished: 'STOP',
	on: { key: keyId('good'), model: 'flash' },
	trail,
} as const;

describe('A chat session', () => {
	it('streams an answer and tells a view only what is new', async () => {
		const { session, script, changes } = open();
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

	it('hands the surface on, so that the log can say where a question came from', () => {
		const { session, script } = open();
		void session.ask({ ...question('Hi'), origin: 'palette' });
		assert.equal(script.last.options.origin, 'palette');
	});

	it('stops at once, keeps what had come, and ignores what comes late', async () => {
		const { session, script } = open();
		const asked = session.ask(question('Hi'));
		script.last.text('some');
		await settle();
		session.stop();
		assert.ok(script.last.signal.aborted);
		const stopped = session.conversation.turns[0]?.answer;
		assert.deepEqual([stopped?.is, stopped?.text], ['stopped', 'some']);
		script.last.text(' more');
		await asked;
		assert.equal(session.conversation.turns[0]?.answer, stopped);
	});

	it('keeps the reason, the facts and the trail of a failure', async () => {
		const { session, script } = open();
		const asked = session.ask(question('Hi'));
		script.last.fail(new PoolError('waitedTooLong', [attempt('a', 'rpd')], { retryAt: 9 }));
		await asked;
		const answer = session.conversation.turns[0]?.answer;
		assert.ok(answer?.is === 'failed');
		assert.deepEqual([answer.why, answer.facts, answer.account.trail.length], ['waitedTooLong', { retryAt: 9 }, 1]);
	});

	it('fails rather than spins when a stream breaks its promise', async () => {
		for (const breakIt of ['end', 'throw'] as const) {
			const { session, script } = open();
			const asked = session.ask(question('Hi'));
			if (breakIt === 'end') {
				script.last.end();
			} else {
				script.last.fail(new TypeError('a bug'));
			}
			await asked;
			const answer = session.conversation.turns[0]?.answer;
			assert.ok(answer?.is === 'failed' && answer.why === 'unexpected');
		}
	});

	it('lets one answer run: a new question stops the old one', async () => {
		const { session, script } = open();
		const first = session.ask(question('one'));
		void session.ask(question('two'));
		await first;
		assert.deepEqual(
			session.conversation.turns.map(({ answer }) => answer.is),
			['stopped', 'waiting'],
		);
		assert.ok(script.requests[0]?.signal.aborted);
	});

	it('asks again in the place of the failed answer', async () => {
		const { session, script } = open();
		const asked = session.ask(question('Hi'));
		script.last.fail(new PoolError('network', []));
		await asked;
		const retried = session.retry('id2');
		script.last.text('now');
		script.last.send(doneBy);
		script.last.end();
		await retried;
		assert.deepEqual(
			session.conversation.turns.map(({ answer }) => answer.text),
			['now'],
		);
	});

	it('moves what waits to another model', () => {
		const { session, script } = open();
		void session.ask(question('Hi'));
		session.useModel('lite');
		assert.deepEqual(script.last.models, ['lite']);
	});

	it('tells a retraction once, and then the new text', async () => {
		const { session, script, changes } = open();
		void session.ask(question('Hi'));
		script.last.text('half');
		script.last.send({ type: 'retract', attempt: 1, why: 'cutStream' });
		script.last.text('whole');
		await settle();
		assert.deepEqual(
			changes.slice(1).map((change) => (change.type === 'append' ? change.text : change.type)),
			['half', 'answer', 'retract', 'whole'],
		);
	});

	it('is there again after a reload', async () => {
		const { session, script, memento } = open();
		const asked = session.ask(question('Hi'));
		script.last.text('Hello');
		script.last.send(doneBy);
		script.last.end();
		await asked;
		const before = session.conversation;
		session.dispose();
		assert.deepEqual(open(memento).session.conversation, before);
	});

	it('begins anew without losing the old conversation', async () => {
		const { session, script, memento } = open();
		const asked = session.ask(question('Hi'));
		script.last.send(doneBy);
		script.last.end();
		await asked;
		session.startAnew();
		session.startAnew();
		assert.deepEqual(session.conversation.turns, []);
		const back = restore(memento.values.get('keypool.conversations'));
		assert.ok(back.is === 'restored');
		assert.deepEqual(
			back.earlier.map(({ turns }) => turns[0]?.question.text),
			['Hi'],
		);
	});

	it('saves what has come of a long answer while it runs', async () => {
		const { session, script, memento, timers } = open();
		void session.ask(question('Hi'));
		script.last.text('so far');
		await settle();
		timers.shift()?.();
		const back = restore(memento.values.get('keypool.conversations'));
		assert.ok(back.is === 'restored');
		assert.equal(back.current.turns[0]?.answer.text, 'so far');
	});

	it('keeps what had come when the window closes, and leaves no timer', async () => {
		const { session, script, memento, timers } = open();
		void session.ask(question('Hi'));
		script.last.text('so far');
		await settle();
		session.dispose();
		assert.equal(timers.length, 0);
		assert.equal(open(memento).session.conversation.turns[0]?.answer.is, 'stopped');
	});

	it('sets damaged data aside, says so once, and begins anew', () => {
		const memento = new Memento();
		memento.values.set('keypool.conversations', { v: 1, conversations: 'broken' });
		const { session, troubles } = open(memento);
		assert.deepEqual(session.conversation.turns, []);
		assert.deepEqual(troubles, ['damaged']);
		assert.deepEqual(memento.values.get('keypool.conversations.damaged'), { v: 1, conversations: 'broken' });
	});

	it('goes on when the store refuses, and says so', async () => {
		const refuse = () => Promise.reject(new Error('disk full'));
		const { session, script, troubles } = open(undefined, { load: () => undefined, save: refuse, setAside: refuse });
		const asked = session.ask(question('Hi'));
		script.last.send(doneBy);
		script.last.end();
		await asked;
		await settle();
		assert.equal(session.conversation.turns[0]?.answer.is, 'done');
		assert.ok(troubles.includes('unsaved'));
	});
});
