import assert from 'node:assert/strict';
import type * as used from '../../../../src/chat/view/chatView';
import { QuestionSize } from '../../../../src/chat/model/questionSize';
import { settledPool } from '../../../../src/chat/view/settledPool';
import { ModelListCache } from '../../../../src/chat/view/modelListCache';
import { Failure, type KeyView } from '../../../../src/pool/pool';
import type { ChatEvent, ChatRequest } from '../../../../src/webviews/protocol';
import { open } from '../../../support/chat/openAsking';
import { settle } from '../../../support/chat/scriptedAsk';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { VirtualClock } from '../../../support/virtualClock';
import { keyView, snapshotOf, standings, words } from '../../../support/views/snapshots';

const editor = new EditorStandIn();
const nothing = { dispose: () => undefined };
Object.assign(editor.api, {
	env: { language: 'en' },
	Uri: { joinPath: () => ({ toString: () => 'file' }) },
	commands: { executeCommand: () => Promise.resolve() },
});
Object.assign(editor.api.window, { onDidChangeWindowState: () => nothing });
const { ChatView } = editor.read('../chat/view/chatView') as typeof used;
type Options = ConstructorParameters<typeof ChatView>[0];

const models = [
	{ id: 'flash', label: 'Flash', inputLimit: 32_768 },
	{ id: 'lite', label: 'Lite', inputLimit: 8_192 },
];

/** The chat in the side bar, and its document, which a test plays. */
function shown(load: () => Promise<typeof models> = () => Promise.resolve(models)) {
	const opened = open();
	const catalogue = new ModelListCache(load, () => 0);
	const setting = { value: 'flash', onDidChange: () => nothing };
	const clock = new VirtualClock(0);
	let looks = 0;
	let nonces = 0;
	let changed: () => void = () => undefined;
	let keys: readonly KeyView[] = [keyView('One', standings.usable)];
	let unread: 'reading' | undefined;
	const parts: Partial<Options> = {
		...opened,
		mayBeSent: () => Promise.resolve(true),
		catalogue,
		inputLimit: (model) => catalogue.inputLimit(model) ?? 1_048_576,
		size: new QuestionSize(() => ({ bytes: 0, tokens: 0 })),
		words,
		now: () => 0,
		newNonce: () => `nonce ${(nonces += 1)}`,
		model: setting,
		generation: { value: {}, onDidChange: () => nothing },
		pool: settledPool(
			{
				snapshot: () => (looks++, snapshotOf(keys)),
				unread: () => unread,
				onDidChange: (listener) => ((changed = listener), nothing),
			},
			clock,
		),
		overChat: (open) => open(),
		onError: (error) => assert.fail(String(error)),
	};
	const events: ChatEvent[] = [];
	const refusals: string[] = [];
	let hear: (message: unknown) => void = () => undefined;
	const webview: object = {
		cspSource: 'self',
		asWebviewUri: () => ({ toString: () => 'file' }),
		postMessage: ({ event, error }: { readonly event?: ChatEvent; readonly error?: string }) => {
			if (error !== undefined) refusals.push(error);
			return Promise.resolve(!event || events.push(event) > 0);
		},
		onDidReceiveMessage: (listener: typeof hear) => ((hear = listener), nothing),
	};
	const view: object = { webview, onDidDispose: () => nothing };
	const chat = new ChatView(parts as Options);
	chat.show(view as Parameters<InstanceType<typeof ChatView>['show']>[0]);
	let requests = 0;
	const request = async (body: ChatRequest): Promise<void> => {
		hear({ id: ++requests, body });
		await settle();
	};
	const become = (next: readonly KeyView[], why?: 'reading'): void => {
		[keys, unread] = [next, why];
		changed();
	};
	return { ...opened, chat, events, refusals, request, become, clock, looks: () => looks };
}

describe('The chat in the side bar', () => {
	it('tells what the model takes in once the service’s list has been read', async () => {
		const { events, request } = shown();
		await request({ type: 'ready' });
		const limits = events.flatMap((event) =>
			event.type === 'state'
				? [event.state.panel.size?.limit]
				: event.changes.flatMap((change) => (change.type === 'panel' ? [change.panel.size?.limit] : [])),
		);
		assert.deepEqual(limits, [1_048_576, 32_768]);
	});

	it('asks for no key while the keys are being read', async () => {
		const { events, request, become, clock } = shown();
		become([], 'reading');
		await clock.advance(1_000);
		await request({ type: 'ready' });
		const state = events.find((event) => event.type === 'state')?.state;
		assert.equal(state?.panel.hasKeys, true);
		become([]);
		await clock.advance(1_000);
		const panels = events.flatMap((event) => (event.type === 'update' ? event.changes : []));
		assert.ok(
			panels.some((change) => change.type === 'panel' && !change.panel.hasKeys),
			'and then there is none',
		);
	});

	it('looks at the pool a few times a second, however often that changes, and ends at what it came to', async () => {
		const { events, request, become, clock, looks } = shown();
		await request({ type: 'ready' });
		const before = looks();
		for (let n = 0; n < 100; n++) {
			become([keyView('One', n === 99 ? standings.leaked : standings.usable)]);
			await clock.advance(1);
		}
		await clock.advance(1_000);
		const perPanel = 3;
		assert.ok(looks() - before <= 3 * perPanel, String(looks() - before));
		const panels = events.flatMap((event) =>
			event.type === 'update' ? event.changes.flatMap((change) => (change.type === 'panel' ? [change.panel] : [])) : [],
		);
		assert.ok(panels.at(-1)?.banner);
	});

	it('tells its page to let go of what was typed where everything is removed', async () => {
		const { chat, events, request } = shown();
		await request({ type: 'ready' });
		chat.forget();
		await settle();
		const states = events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
		assert.deepEqual(
			states.map(({ isHostErased }) => isHostErased),
			[undefined, true],
		);
		assert.notEqual(states[0]?.host, states[1]?.host);
	});

	it('tells so to a page that opens afterwards', async () => {
		const { chat, events, request } = shown();
		chat.forget();
		await request({ type: 'ready' });
		assert.deepEqual(
			events.flatMap((event) => (event.type === 'state' ? [event.state.isHostErased] : [])),
			[true],
		);
	});

	it('asks once what is sent again by a page that was gone before it heard what became of it', async () => {
		const { script, session, finish, request, refusals } = shown();
		await request({ type: 'send', text: 'Why?' });
		await request({ type: 'send', text: 'Why?', again: true });
		await finish();
		const turn = session.conversation.turns[0]?.id ?? '';
		await request({ type: 'send', text: 'Why?', again: true });
		assert.equal(script.requests.length, 1);
		await request({ type: 'edit', turn, text: 'How?' });
		await request({ type: 'edit', turn, text: 'How?', again: true });
		await finish();
		await request({ type: 'send', text: 'How?' });
		assert.deepEqual([script.requests.length, session.conversation.turns.length, refusals], [3, 2, []]);
		await request({ type: 'send', text: 'With pictures that never came', again: true });
		assert.deepEqual([script.requests.length, refusals], [3, ['Nothing was deleted or asked.']]);
	});

	it('names what goes along with a question that waits with no mark that turns what follows', async () => {
		const { asking, draft, finish, events, request } = shown();
		await asking.send('First');
		draft.addPicture({ label: 'cat-\u202egnp.ts', mimeType: 'image/png', data: '' });
		await asking.send('Second');
		await request({ type: 'ready' });
		const states = events.flatMap((event) => (event.type === 'state' ? [event.state.panel.queue] : []));
		assert.deepEqual(states.at(-1)?.at(0)?.attachments, ['cat-\ufffdgnp.ts']);
		await finish();
	});

	it('says why the models cannot be listed', async () => {
		const away = { type: 'retrySameKey', reason: 'unreachable', scope: 'request' } as const;
		const offline = new Failure({ ...away, maxRetries: 0, afterRetries: 'fail' }, false, '');
		const { request, refusals } = shown(() => Promise.reject(offline));
		await request({ type: 'pickModel' });
		const { text, remedy } = words.describeReason('unreachable');
		assert.deepEqual(refusals, [[text, remedy].filter(Boolean).join(' ')]);
	});

	it('offers for a question that is asked again, and waits, each model but the one that it waits for', async () => {
		const { asking, session, script, finish, request } = shown();
		for (const text of ['First', 'Second']) {
			await asking.send(text);
			await finish();
		}
		await asking.retry(session.conversation.turns[0]?.id ?? '');
		script.last.send({ type: 'waiting', on: { model: 'flash' }, reason: 'overloaded', inMs: 60_000, ahead: 0 });
		await settle();
		editor.given.splice(0);
		await request({ type: 'anotherModel' });
		assert.deepEqual(
			textsIn(editor.given).filter((text) => models.some(({ label }) => label === text)),
			['Lite'],
		);
	});

	it('leaves the options as they are by then where a model is chosen: another window can have set them meanwhile', async () => {
		const { asking, session, library, finish, request } = shown();
		await asking.send('First');
		await finish();
		const { showQuickPick } = editor.api.window;
		let choose: (row: object) => void = () => undefined;
		Object.assign(editor.api.window, { showQuickPick: () => new Promise((resolve) => (choose = resolve)) });
		await request({ type: 'pickModel' });
		Object.assign(editor.api.window, { showQuickPick });
		await library.saveAbout({ ...session.conversation, options: { temperature: 0.5 } });
		await session.refresh();
		choose({ item: { choice: { type: 'model', id: 'lite' } } });
		await settle();
		assert.deepEqual(session.conversation.options, { temperature: 0.5, model: 'lite' });
	});

	it('gives the chosen model to the question that waited, and to none that has come after it meanwhile', async () => {
		const { showQuickPick } = editor.api.window;
		for (const isLate of [false, true]) {
			const { asking, script, finish, request } = shown();
			await asking.send('First');
			await asking.send('Second');
			script.last.send({ type: 'waiting', on: { model: 'flash' }, reason: 'overloaded', inMs: 60_000, ahead: 0 });
			await settle();
			let choose: (row: object) => void = () => undefined;
			Object.assign(editor.api.window, { showQuickPick: () => new Promise((resolve) => (choose = resolve)) });
			await request({ type: 'anotherModel' });
			Object.assign(editor.api.window, { showQuickPick });
			if (isLate) await finish();
			choose({ item: { choice: { type: 'model', id: 'lite' } } });
			await settle();
			assert.deepEqual(
				script.requests.map((asked) => asked.models),
				isLate ? [[], []] : [['lite']],
			);
		}
	});
});
