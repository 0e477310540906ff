import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { pageHtml } from '../../src/webviews/html';
import { Messages } from '../../src/webviews/messages';
import { chatRequest, dashboardRequest } from '../../src/webviews/schema';
import { attackJson, attackLine, attackText, isUnpolluted, trickyName } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

/** One message of every kind that the documents send. */
const honest = [
	...[
		'ready',
		'stop',
		'pickModel',
		'newConversation',
		'actOnBanner',
		'anotherModel',
		'addKey',
		'trySimulator',
		'useTeamGateway',
		'export',
	].map((type) => ({ type })),
	{ type: 'send', text: 'x' },
	{ type: 'retry', turn: '1' },
	{ type: 'edit', turn: '1', text: 'x' },
	{ type: 'options', options: { system: 'x', temperature: 1, maxOutputTokens: 5 } },
	{ type: 'attach', what: 'selection' },
	{ type: 'attachPicture', label: 'p', mimeType: 'image/png', data: 'AAAA' },
	{ type: 'detach', chip: '1' },
	{ type: 'queued', act: 'askNow', question: '1' },
	{ type: 'findMentions', text: 'x' },
	{ type: 'mention', mention: '1' },
	{ type: 'showPicture', picture: '1/0' },
	{ type: 'openFile', file: 'src/a.ts:1' },
	{ type: 'act', turn: '1' },
	{ type: 'openLink', href: 'https://x.invalid' },
	{ type: 'copy', text: 'x' },
	{ type: 'code', act: 'insert', code: 'x', language: 'js' },
	{ type: 'run', act: 'ask' },
];
const value = fc.oneof(attackJson, attackLine, attackText(), fc.constantFrom(Number.NaN, Infinity, undefined));
/** A message that somebody changed a little: another value, a field too many, one too few. */
const body = fc.oneof(
	{
		weight: 5,
		arbitrary: fc
			.tuple(
				fc.constantFrom(...honest),
				fc.array(
					fc.tuple(
						fc.oneof(
							trickyName,
							fc.constantFrom('type', 'text', 'turn', 'what', 'act', 'code', 'data', 'href', 'options', 'label'),
						),
						value,
					),
					{ maxLength: 2 },
				),
			)
			.map(([message, more]): unknown => Object.fromEntries([...Object.entries(message), ...more])),
	},
	{ weight: 1, arbitrary: value },
);
const id = fc.oneof(
	{ weight: 5, arbitrary: fc.integer({ min: 1, max: 2 ** 53 - 1 }) },
	{ weight: 1, arbitrary: value },
);
const envelope = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ id, body }) },
	{
		weight: 1,
		arbitrary: fc.tuple(id, body, trickyName, value).map(([one, two, name, three]): unknown =>
			Object.fromEntries([
				['id', one],
				['body', two],
				[name, three],
			]),
		),
	},
	{ weight: 1, arbitrary: value },
);

/** Every text and number of it is bounded, and it holds what its kind holds alone. */
function checkHandled(message: Readonly<Record<string, unknown>>): void {
	const kind = honest.find(({ type }) => type === message['type']);
	assert.ok(kind !== undefined, 'a kind that nobody knows');
	assert.deepEqual(Object.keys(message).sort(), Object.keys(kind).sort());
	for (const field of Object.values(message)) assert.ok(typeof field !== 'string' || field.length <= 20_000_000);
}

async function play(schema: v.GenericSchema<unknown, { readonly type: string }>, sent: unknown): Promise<void> {
	const handled: Readonly<Record<string, unknown>>[] = [];
	const replies: unknown[] = [];
	let receive: (message: unknown) => void = () => undefined;
	const errors: unknown[] = [];
	const messages = new Messages(
		{
			postMessage: (message) => {
				replies.push(message);
				return Promise.resolve(true);
			},
			onDidReceiveMessage: (listener) => {
				receive = listener;
				return { dispose: () => undefined };
			},
		},
		{
			schema,
			handle: (message: { readonly type: string }) => void handled.push({ ...message }),
			failed: 'It failed.',
			onError: (error) => errors.push(error),
		},
	);
	receive(sent);
	await new Promise((resolve) => setImmediate(resolve));
	messages.dispose();
	for (const message of handled) checkHandled(message);
	// One reply to what is a request, none to anything else; and where nothing was done, that is logged.
	const isRequest = v.is(
		v.strictObject({ id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), body: v.unknown() }),
		sent,
	);
	assert.equal(replies.length, isRequest ? 1 : 0);
	assert.equal(handled.length + errors.length, 1);
	assert.ok(isUnpolluted());
}

target('webview messages', {
	'reach the chat whole, or not at all': property(envelope, (sent) => play(chatRequest, sent)),
	'reach the dashboard whole, or not at all': property(envelope, (sent) => play(dashboardRequest, sent)),
	'come from a page whose texts cannot leave their places': property(
		fc.array(attackLine, { minLength: 6, maxLength: 6 }),
		(texts) => {
			const [title = '', locale = '', script = '', style = '', nonce = '', cspSource = ''] = texts;
			const html = pageHtml({ title, locale, cspSource, nonce, script, styles: [style] });
			const plain = pageHtml({ title: '', locale: '', cspSource: '', nonce: '', script: '', styles: [''] });
			assert.deepEqual(html.match(/[<>]/g), plain.match(/[<>]/g));
			assert.equal(html.match(/"/g)?.length, plain.match(/"/g)?.length);
		},
	),
});
