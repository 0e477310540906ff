import assert from 'node:assert/strict';
import { PoolError } from '../../../../src/pool/pool';
import { maxQueued } from '../../../../src/chat/session/questionQueue';
import { code, open } from '../../../support/chat/openAsking';
import { settle } from '../../../support/chat/scriptedAsk';

const asked = ({ session }: ReturnType<typeof open>) => session.conversation.turns.map(({ question }) => question.text);
const waiting = ({ queue }: ReturnType<typeof open>) => queue.shown.map(({ text }) => text);

/** What is stored is looked at before the next question goes: something happens in that moment, once. */
function afterRefresh({ session }: ReturnType<typeof open>, happens: () => void): void {
	const refresh = session.refresh.bind(session);
	session.refresh = async () => {
		session.refresh = refresh;
		await refresh();
		happens();
	};
}

describe('Questions that are sent while an answer runs', () => {
	it('wait, and are asked one after the other as each answer has come, with what went along', async () => {
		const chat = open();
		await chat.asking.send('one');
		chat.draft.addCode(code);
		await chat.asking.send('two');
		await chat.asking.send('three');
		assert.deepEqual([asked(chat), waiting(chat)], [['one'], ['two', 'three']]);
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [['one', 'two'], ['three']]);
		assert.match(chat.sent(), /two[^]*let a = 1;/);
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [['one', 'two', 'three'], []]);
		await chat.finish();
		assert.deepEqual(chat.troubles, []);
	});

	it('come in order, though the first is still being made when the second is sent', async () => {
		let read: (text: string) => void = () => undefined;
		const chat = open({
			read: () => new Promise((resolve) => (read = (text) => resolve({ ...code, text }))),
		});
		await chat.asking.mention({ type: 'file', uri: 'file:///b.txt' });
		const both = [chat.asking.send('one'), chat.asking.send('two')];
		await settle();
		read('of the file');
		await Promise.all(both);
		assert.deepEqual([asked(chat), waiting(chat)], [['one'], ['two']]);
	});

	it('wait for a person after an answer that was stopped, or that failed', async () => {
		for (const end of ['stop', 'fail'] as const) {
			const chat = open();
			await chat.asking.send('one');
			await chat.asking.send('two');
			if (end === 'stop') chat.session.stop();
			else chat.script.last.fail(new PoolError('overloaded', []));
			await settle();
			assert.deepEqual([asked(chat), waiting(chat)], [['one'], ['two']], end);
			const [two] = chat.queue.shown;
			await chat.asking.actOnQueued('askNow', two?.id ?? '');
			assert.deepEqual([asked(chat), waiting(chat)], [['one', 'two'], []], end);
		}
	});

	it('go on after the next answer that comes whole', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		chat.session.stop();
		await settle();
		await chat.asking.send('in between');
		assert.deepEqual([asked(chat), waiting(chat)], [['one', 'in between'], ['two']]);
		await chat.finish();
		assert.deepEqual(asked(chat), ['one', 'in between', 'two']);
	});

	it('wait on where an earlier answer comes whole: what they build on is still not there', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.finish();
		await chat.asking.send('two');
		await chat.asking.send('three');
		chat.script.last.fail(new PoolError('overloaded', []));
		await settle();
		const [one = '', two = ''] = chat.session.conversation.turns.map(({ id }) => id);
		await chat.asking.retry(one);
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [['one', 'two'], ['three']]);
		await chat.asking.retry(two);
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [['one', 'two', 'three'], []]);
	});

	it('are asked at once in place of what runs, where a person says so', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		await chat.asking.actOnQueued('askNow', chat.queue.shown[0]?.id ?? '');
		assert.deepEqual(asked(chat), ['one', 'two']);
		assert.equal(chat.session.conversation.turns[0]?.answer.state, 'stopped');
	});

	it('go back with what went along, and cannot be asked as well', async () => {
		const chat = open();
		await chat.asking.send('one');
		chat.draft.addCode(code);
		await chat.asking.send('two');
		const id = chat.queue.shown[0]?.id ?? '';
		await chat.asking.actOnQueued('takeBack', id);
		assert.deepEqual([waiting(chat), chat.draft.chips.map(({ label }) => label)], [[], ['a.ts, line 3']]);
		await assert.rejects(chat.asking.actOnQueued('takeBack', id), /has been asked already/);
		await chat.finish();
		assert.deepEqual(asked(chat), ['one']);
	});

	it('wait on where there is no room for what went along: none of it is left out', async () => {
		const chat = open();
		await chat.asking.send('one');
		for (let n = 0; n < 2; n++) chat.draft.addCode(code);
		await chat.asking.send('two');
		for (let n = 0; n < 19; n++) chat.draft.addCode(code);
		const id = chat.queue.shown[0]?.id ?? '';
		await assert.rejects(chat.asking.actOnQueued('takeBack', id), /At most 20 attachments can go with one question\./);
		assert.deepEqual([waiting(chat), chat.draft.chips.length], [['two'], 19]);
		chat.draft.remove(chat.draft.chips[0]?.id ?? '');
		await chat.asking.actOnQueued('takeBack', id);
		assert.deepEqual([waiting(chat), chat.draft.chips.length], [[], 20]);
	});

	it('are dropped', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		await chat.asking.actOnQueued('remove', chat.queue.shown[0]?.id ?? '');
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [['one'], []]);
	});

	it('stay with their conversation', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		const first = chat.session.conversation;
		chat.session.startAnew();
		assert.deepEqual(waiting(chat), []);
		await chat.asking.send('elsewhere');
		await chat.finish();
		assert.deepEqual(asked(chat), ['elsewhere']);
		chat.session.goTo(first);
		assert.deepEqual(waiting(chat), ['two']);
	});

	it('go with their conversation where that is deleted: none of them keeps its place among those that may wait', async () => {
		const chat = open();
		await chat.asking.send('one');
		for (let n = 0; n < maxQueued; n++) await chat.asking.send(`more ${n}`);
		const { id } = chat.session.conversation;
		chat.session.startAnew();
		await chat.asking.send('elsewhere');
		await assert.rejects(chat.asking.send('too many'), /20 questions are waiting already/);
		await chat.library.remove(id);
		await chat.asking.send('next');
		assert.deepEqual(waiting(chat), ['next']);
	});

	it('wait on in their conversation where a person goes to another one in the very moment that the next is asked', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		await chat.asking.send('three');
		const first = chat.session.conversation;
		afterRefresh(chat, () => chat.session.startAnew());
		await chat.finish();
		assert.deepEqual([asked(chat), waiting(chat)], [[], []]);
		chat.session.goTo(first);
		assert.deepEqual([asked(chat), waiting(chat)], [['one'], ['two', 'three']]);
	});

	it('keep their order where another question was asked in the very moment that the next was due', async () => {
		const chat = open();
		await chat.asking.send('one');
		await chat.asking.send('two');
		await chat.asking.send('three');
		afterRefresh(chat, () => {
			void chat.session.ask({ text: 'from the palette', origin: 'palette', attachments: [] });
		});
		await chat.finish();
		assert.deepEqual(
			[asked(chat), waiting(chat)],
			[
				['one', 'from the palette'],
				['two', 'three'],
			],
		);
	});

	it('may come from the palette or the editor, with their code, and are no reason to stop what runs', async () => {
		const chat = open();
		await chat.asking.send('one');
		const explain = { text: 'Explain a.ts.', origin: 'selection', attachments: [code] } as const;
		assert.deepEqual(await chat.asking.submit(explain), {});
		assert.deepEqual([asked(chat), waiting(chat)], [['one'], ['Explain a.ts.']]);
		await chat.asking.actOnQueued('takeBack', chat.queue.shown[0]?.id ?? '');
		assert.deepEqual(
			chat.draft.chips.map(({ type, label }) => [type, label]),
			[['code', 'a.ts, line 3']],
		);
		chat.draft.clear();
		await chat.asking.submit(explain);
		await chat.finish();
		assert.match(chat.sent(), /^Explain a\.ts\.[^]*let a = 1;/);
		await chat.finish();
		const { answered } = await chat.asking.submit({ ...explain, text: 'Again.' });
		assert.deepEqual(asked(chat), ['one', 'Explain a.ts.', 'Again.']);
		await chat.finish();
		await answered;
	});

	it('are bounded', async () => {
		const chat = open();
		await chat.asking.send('one');
		for (let n = 0; n < maxQueued; n++) await chat.asking.send(`more ${n}`);
		chat.draft.addCode(code);
		await assert.rejects(chat.asking.send('too many'), /20 questions are waiting already\. Nothing was sent\./);
		assert.equal(chat.draft.chips.length, 1, 'what would have gone along is still there');
	});
});
