import assert from 'node:assert/strict';
import * as v from 'valibot';
import { WebviewSync } from '../../../../src/chat/view/webviewSync';
import { pageHtml } from '../../../../src/webviews/html';
import { Messages, WordedError } from '../../../../src/webviews/messages';
import type { ChatEvent, ChatRequest, ChatState, ToView } from '../../../../src/webviews/protocol';
import { chatRequest } from '../../../../src/webviews/schema';
import { received, nothing } from '../../../../src/webviews/chat/state/model';
import { Connection } from '../../../../src/webviews/shared/connection';
import { chatStrings } from '../../../../src/chat/view/strings';
import { settle } from '../../../support/chat/scriptedAsk';

const strings = chatStrings((text) => text);
const state = (text = ''): ChatState => ({
	host: 'h',
	conversation: 'c',
	locale: 'en',
	strings,
	commands: [],
	panel: {
		hasKeys: true,
		title: '',
		model: 'flash',
		options: {},
		defaults: {},
		chips: [],
		queue: [],
	},
	turns: [
		{
			id: 't',
			question: { text: 'q', attachments: [] },
			text,
			answer: { state: 'streaming' },
		},
	],
});

/** A webview that a test drives. */
class Post {
	readonly sent: unknown[] = [];
	answer: Promise<boolean> = Promise.resolve(true);
	private listener: ((message: unknown) => void) | undefined;

	postMessage = (message: unknown) => {
		this.sent.push(message);
		return this.answer;
	};

	onDidReceiveMessage = (listener: (message: unknown) => void) => {
		this.listener = listener;
		return { dispose: () => (this.listener = undefined) };
	};

	receive(message: unknown): void {
		this.listener?.(message);
	}
}

function open(handle: (message: ChatRequest, signal: AbortSignal) => void | Promise<void> = () => undefined) {
	const post = new Post();
	const errors: unknown[] = [];
	const messages = new Messages<ChatRequest, ChatEvent>(post, {
		schema: chatRequest,
		handle,
		failed: 'That failed.',
		onError: (error) => errors.push(error),
	});
	return { post, messages, errors };
}

describe('The host’s edge', () => {
	it('refuses everything that is no request of the chat, with a reply', async () => {
		const bad: unknown[] = [
			undefined,
			null,
			'ready',
			{},
			{ type: 'unknown' },
			{ type: 'send' },
			{ type: 'send', text: 5 },
			{ type: 'send', text: 'x'.repeat(20_000_001) },
			{ type: 'retry', turn: '' },
			{ type: 'openLink', href: ['https://example.com'] },
			{ type: 'ready', extra: 1 },
			{ type: 'act', turn: 't', command: 'workbench.action.terminal.new' },
		];
		const handled: ChatRequest[] = [];
		const { post } = open((message) => void handled.push(message));
		for (const [i, body] of bad.entries()) {
			post.receive({ id: i + 1, body });
		}
		await settle();
		assert.deepEqual(handled, []);
		assert.equal(post.sent.length, bad.length);
		assert.ok(post.sent.every((reply) => v.is(v.object({ ok: v.literal(false) }), reply)));
	});

	it('drops what has no id to reply to', async () => {
		const { post, errors } = open();
		for (const message of [undefined, 'x', { id: 0, body: { type: 'ready' } }, { id: 1.5, body: {} }]) {
			post.receive(message);
		}
		await settle();
		assert.deepEqual(post.sent, []);
		assert.equal(errors.length, 4);
	});

	it('replies once to a request, with words where it failed, and never with an inner message', async () => {
		const { post, errors } = open((message) => {
			if (message.type === 'stop') throw new WordedError('Not now.');
			if (message.type === 'addKey') throw new TypeError('inner detail');
		});
		post.receive({ id: 1, body: { type: 'ready' } });
		post.receive({ id: 2, body: { type: 'stop' } });
		post.receive({ id: 3, body: { type: 'addKey' } });
		await settle();
		// Replies carry their request's id: their order means nothing.
		assert.deepEqual(
			new Set(post.sent.map((reply) => JSON.stringify(reply))),
			new Set([
				'{"type":"reply","id":1,"ok":true}',
				'{"type":"reply","id":2,"ok":false,"error":"Not now."}',
				'{"type":"reply","id":3,"ok":false,"error":"That failed."}',
			]),
		);
		assert.equal(post.sent.length, 3);
		assert.equal(errors.length, 1);
	});

	it('leaves nothing pending on dispose', async () => {
		let signal: AbortSignal | undefined;
		const { post, messages } = open((_message, given) => {
			signal = given;
			return new Promise(() => undefined);
		});
		post.answer = new Promise(() => undefined);
		post.receive({ id: 1, body: { type: 'anotherModel' } });
		const notified = messages.notify({ type: 'state', rev: 1, state: state() });
		messages.dispose();
		assert.equal(await notified, false);
		assert.ok(signal?.aborted);
		assert.equal(await messages.notify({ type: 'state', rev: 2, state: state() }), false);
	});
});

describe('The document’s edge', () => {
	it('takes no reply to what the document before it asked: the view was hidden in between, and a box of its stayed open', async () => {
		const { now } = Date;
		const hear: ((message: { readonly data: ToView<ChatEvent> }) => void)[] = [];
		const target = { addEventListener: (_: 'message', one: (typeof hear)[0]) => void hear.push(one) };
		const asked: { readonly id: number }[] = [];
		const vscode = {
			getState: () => undefined,
			setState: () => undefined,
			postMessage: (message: unknown) => asked.push(message as (typeof asked)[0]),
		};
		const opened = (at: number): Connection<ChatRequest, ChatEvent> => {
			Date.now = () => at;
			const connection = new Connection<ChatRequest, ChatEvent>(vscode, () => undefined, target);
			Date.now = now;
			return connection;
		};
		void opened(1_000).request({ type: 'addKey' });
		let told: string | undefined = 'nothing yet';
		void opened(2_000)
			.request({ type: 'send', text: 'Why?' })
			.then((error) => (told = error));
		const reply = (to: number, error: string): void => {
			const data = { type: 'reply', id: asked[to]?.id ?? 0, ok: false, error } as const;
			for (const one of hear) one({ data });
		};
		reply(0, 'No key was added.');
		await settle();
		assert.equal(told, 'nothing yet');
		reply(1, 'Too long.');
		await settle();
		assert.equal(told, 'Too long.');
	});
});

describe('The way to the document', () => {
	it('numbers events, joins what happens while one is under way, and keeps the order', async () => {
		const sent: ChatEvent[] = [];
		const ways: ((delivered: boolean) => void)[] = [];
		const outbox = new WebviewSync(
			(event) => {
				sent.push(event);
				return new Promise((resolve) => ways.push(resolve));
			},
			() => state('so far'),
		);
		outbox.add({ type: 'append', turn: 't', text: 'lost: nobody listens yet' });
		outbox.refresh();
		for (const text of ['h', 'm']) outbox.add({ type: 'appendThoughts', turn: 't', text });
		for (const text of ['a', 'b', 'c']) outbox.add({ type: 'append', turn: 't', text });
		outbox.add({ type: 'retract', turn: 't' });
		outbox.add({ type: 'append', turn: 't', text: 'd' });
		ways.shift()?.(true);
		await settle();
		assert.deepEqual(sent, [
			{ type: 'state', rev: 1, state: state('so far') },
			{
				type: 'update',
				rev: 2,
				changes: [
					{ type: 'appendThoughts', turn: 't', text: 'hm' },
					{ type: 'append', turn: 't', text: 'abc' },
					{ type: 'retract', turn: 't' },
					{ type: 'append', turn: 't', text: 'd' },
				],
			},
		]);
	});

	it('is silent while there is no document, and whole when the next one asks', async () => {
		const sent: ChatEvent['type'][] = [];
		let there = true;
		const outbox = new WebviewSync(
			(event) => {
				sent.push(event.type);
				return Promise.resolve(there);
			},
			() => state(),
		);
		outbox.refresh();
		await settle();
		there = false;
		outbox.add({ type: 'append', turn: 't', text: 'lost' });
		await settle();
		outbox.add({ type: 'append', turn: 't', text: 'not even tried' });
		outbox.reset();
		await settle();
		there = true;
		outbox.refresh();
		await settle();
		assert.deepEqual(sent, ['state', 'update', 'state']);
	});

	it('serves a new document although a message to the old one is only now reported as lost', async () => {
		const sent: ChatEvent['type'][] = [];
		const ways: ((delivered: boolean) => void)[] = [];
		const outbox = new WebviewSync(
			(event) => {
				sent.push(event.type);
				return new Promise((resolve) => ways.push(resolve));
			},
			() => state(),
		);
		outbox.refresh();
		outbox.refresh();
		ways.shift()?.(false);
		await settle();
		ways.shift()?.(true);
		outbox.add({ type: 'append', turn: 't', text: 'a' });
		await settle();
		assert.deepEqual(sent, ['state', 'state', 'update']);
	});

	it('is asked anew by a document that missed an update', () => {
		const first = received(nothing, { type: 'state', rev: 1, state: state('ab') }, 0);
		assert.ok(first);
		const append = { type: 'append', turn: 't', text: 'c' } as const;
		const next = received(first, { type: 'update', rev: 2, changes: [append] }, 0);
		assert.equal(next?.shown?.turns[0]?.text, 'abc');
		assert.equal(received(first, { type: 'update', rev: 3, changes: [append] }, 0), undefined);
		assert.equal(received(nothing, { type: 'update', rev: 1, changes: [append] }, 0), undefined);
	});

	it('tells the document of thoughts and sources, which a retraction takes back', () => {
		const first = received(nothing, { type: 'state', rev: 1, state: state('ab') }, 0);
		assert.ok(first);
		const grounding = {
			queries: [],
			sources: [{ title: 'A', uri: 'https://a.example/' }],
		};
		const next = received(
			first,
			{
				type: 'update',
				rev: 2,
				changes: [
					{ type: 'appendThoughts', turn: 't', text: 'h' },
					{ type: 'appendThoughts', turn: 't', text: 'm' },
					{ type: 'grounding', turn: 't', grounding },
				],
			},
			0,
		);
		assert.ok(next);
		const [told] = next.shown?.turns ?? [];
		assert.deepEqual([told?.text, told?.thoughts, told?.grounding], ['ab', 'hm', grounding]);
		const [after] =
			received(next, { type: 'update', rev: 3, changes: [{ type: 'retract', turn: 't' }] }, 0)?.shown?.turns ?? [];
		assert.deepEqual([after?.text, after?.thoughts, after?.grounding], ['', undefined, undefined]);
		assert.equal(after?.generation, (told?.generation ?? 0) + 1);
	});

	it('keeps what is drawn when the state comes again, and draws anew what is another text', () => {
		const first = received(nothing, { type: 'state', rev: 1, state: state('ab') }, 0);
		assert.ok(first);
		const generation = (text: string) =>
			received(first, { type: 'state', rev: 9, state: state(text) }, 0)?.shown?.turns[0]?.generation;
		assert.equal(generation('abc'), first.shown?.turns[0]?.generation);
		assert.notEqual(generation('xyz'), first.shown?.turns[0]?.generation);
	});
});

describe('The document’s policy', () => {
	const html = pageHtml({
		title: 'Chat "<b>',
		locale: 'vi',
		cspSource: 'https://source',
		nonce: 'abc123',
		script: 'https://source/chat.js',
		styles: ['https://source/chat.css'],
	});

	it('lets run the one script with the nonce, and nothing inline', () => {
		assert.match(html, /default-src &#39;none&#39;|default-src 'none'/);
		assert.match(html, /script-src 'nonce-abc123';/);
		assert.ok(!html.includes('unsafe-'));
		assert.ok(!html.includes('img-src'));
		assert.ok(!html.includes('connect-src'));
		assert.equal(html.match(/<script/g)?.length, 1);
	});

	it('escapes what it is given', () => {
		assert.ok(html.includes('Chat &quot;&lt;b&gt;'));
	});
});
