import assert from 'node:assert/strict';
import { chat, completions, GatewayRig } from '../../../support/gateway/gatewayRig';

interface Call {
	readonly index?: number;
	readonly id?: string;
}

interface Counted {
	readonly choices: readonly unknown[];
	readonly usage?: { readonly completion_tokens: number } | null;
}

interface Choice {
	readonly delta: { readonly tool_calls?: readonly Call[] };
	readonly finish_reason?: string | null;
}

const called = (id: string, more = {}): object => ({
	...(id !== '' && { id }),
	type: 'function',
	function: { name: 'look', arguments: '{"at":1}' },
	...more,
});
/** A piece of a stream as Google words it: `created` is a number that JavaScript cannot hold. */
const piece = (delta: object, reason?: string, index = 0): string =>
	`{"created":12345678901234567890,"choices":[${JSON.stringify({ delta, ...(reason && { finish_reason: reason }), index })}]}`;

/** What a client hears of a stream of these pieces: of each choice its calls, and why it ends. */
async function heard(...pieces: readonly string[]): Promise<readonly string[]> {
	const text = pieces.map((one) => `data: ${one}\n\n`).join('');
	const rig = new GatewayRig(
		{ a: {} },
		{ answer: () => new Response(`${text}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } }) },
	);
	const { events, isWhole } = await rig.ask(completions, chat('Hi', { stream: true }));
	assert.ok(isWhole);
	return events
		.filter((event) => event !== '[DONE]')
		.flatMap((event) => {
			assert.match(event, /"created":12345678901234567890/);
			return (JSON.parse(event) as { choices: Choice[] }).choices;
		})
		.map(({ delta, finish_reason: reason }) =>
			[...(delta.tool_calls ?? []).map(({ index, id = '-' }) => `${index}:${id}`), ...(reason ? [reason] : [])].join(
				' ',
			),
		);
}

/** What a client reads of a whole answer with this one choice. */
async function whole(choice: object): Promise<string> {
	const rig = new GatewayRig({ a: {} }, { answer: () => Response.json({ choices: [choice] }) });
	return (await rig.ask(completions, chat())).text;
}

describe('the gateway: tool calls in OpenAI’s words', () => {
	it('have an index each, where Google’s stream has none or one for all, and end as calls', async () => {
		const end = piece({ role: 'assistant' }, 'stop');
		for (const more of [{}, { index: 0 }]) {
			const calls = ['a', 'b', 'c'].map((id) => piece({ tool_calls: [called(id, more)] }));
			assert.deepEqual(await heard(...calls, end), ['0:a', '1:b', '2:c', 'tool_calls']);
			const together = piece({ tool_calls: ['a', 'b'].map((id) => called(id, more)) }, 'stop');
			assert.deepEqual(await heard(together), ['0:a 1:b tool_calls']);
			const unnamed = piece({ tool_calls: [called('', more)] });
			assert.deepEqual(await heard(unnamed, unnamed, end), ['0:-', '1:-', 'tool_calls']);
		}
	});

	it('that come in parts stay one, and those of two answers are counted apart', async () => {
		const rest = { function: { arguments: '}' } };
		assert.deepEqual(
			await heard(
				piece({ tool_calls: [called('a')] }),
				piece({ tool_calls: [rest] }),
				piece({ tool_calls: [{ id: 'a', ...rest }] }),
				piece({ tool_calls: [called('b')] }),
				piece({ tool_calls: [{ extra_content: {} }] }, 'stop'),
			),
			['0:a', '0:-', '0:a', '1:b', '1:- tool_calls'],
		);
		assert.deepEqual(
			await heard(
				piece({ tool_calls: [called('a')] }),
				piece({ tool_calls: [called('b')] }, 'stop', 1),
				piece({}, 'length'),
			),
			['0:a', '0:b tool_calls', 'length'],
		);
	});

	it('are not made of an answer that has none', async () => {
		assert.deepEqual(await heard(piece({ content: 'Hi' }), piece({}, 'stop')), ['', 'stop']);
	});

	it('end a whole answer, too', async () => {
		const ask = (message: object): Promise<string> => whole({ message, finish_reason: 'stop', index: 0 });
		assert.match(await ask({ tool_calls: [called('a')] }), /"finish_reason":"tool_calls"/);
		assert.match(await ask({ content: 'Hi' }), /"finish_reason":"stop"/);
	});
});

describe('the gateway: what was held back, in OpenAI’s words', () => {
	const filters = ['content_filter: PROHIBITED_CONTENT', 'function_call_filter: MALFORMED_FUNCTION_CALL'];

	it('ends as filtered, whole or streamed: strict clients take no other word', async () => {
		for (const reason of filters) {
			assert.deepEqual(await heard(piece({ content: 'Hi' }), piece({}, reason)), ['', 'content_filter']);
			assert.match(
				await whole({ message: { content: 'Hi' }, finish_reason: reason }),
				/"finish_reason":"content_filter"/,
			);
		}
	});

	it('has a message although Google’s has none, so that a client that reads it does not break', async () => {
		const blocked = { finish_reason: filters[0], index: 0 };
		const { choices } = JSON.parse(await whole(blocked)) as { choices: unknown[] };
		const message = { role: 'assistant', content: null };
		assert.deepEqual(choices, [{ ...blocked, finish_reason: 'content_filter', message }]);
		const pieces = `data: {"choices":[${JSON.stringify(blocked)}]}\n\n`;
		const headers = { 'content-type': 'text/event-stream' };
		const rig = new GatewayRig({ a: {} }, { answer: () => new Response(pieces, { headers }) });
		const { events } = await rig.ask(completions, chat('Hi', { stream: true }));
		// OpenAI's own client throws for an answer whose role no piece has told.
		const delta = { role: 'assistant' };
		assert.deepEqual(JSON.parse(events[0] ?? ''), {
			choices: [{ ...blocked, finish_reason: 'content_filter', delta }],
		});
	});
});

describe('the gateway: usage in OpenAI’s words', () => {
	const counted = (tokens: number, delta: object, reason?: string): string =>
		piece(delta, reason).replace(
			/\}$/,
			`,"usage":{"prompt_tokens":1,"completion_tokens":${tokens},"total_tokens":${tokens + 1}}}`,
		);
	const asGoogle = [counted(1, { content: 'a' }), counted(2, { content: 'b' }), counted(3, {}, 'stop')];
	/** What each event says of it; `alone` behind what stands in an event without any answer. */
	const usageHeard = async (more: object, pieces = asGoogle): Promise<readonly string[]> => {
		const text = pieces.map((one) => `data: ${one}\n\n`).join('');
		const headers = { 'content-type': 'text/event-stream' };
		const rig = new GatewayRig({ a: {} }, { answer: () => new Response(text, { headers }) });
		const { events } = await rig.ask(completions, chat('Hi', { stream: true, ...more }));
		return events
			.filter((event) => event !== '[DONE]')
			.map((event) => {
				assert.match(event, /"created":12345678901234567890/);
				const { choices, usage } = JSON.parse(event) as Counted;
				return `${usage?.completion_tokens ?? '-'}${choices.length === 0 ? ' alone' : ''}`;
			});
	};
	const wanted = { stream_options: { include_usage: true } };

	it('comes once, at the end, where Google counts in each piece what it has come to: some clients add it up', async () => {
		assert.deepEqual(await usageHeard(wanted), ['-', '-', '-', '3 alone']);
	});

	it('comes once and is the last word, whichever piece ends an answer', async () => {
		const apart = counted(3, { content: 'b' }, 'stop').replace('"index":0', '"index":1');
		const alone = counted(4, {}).replace(/"choices":\[.*?\],"usage"/, '"choices":[],"usage"');
		const asks = { ...wanted, n: 2 };
		const two = [counted(1, { content: 'a' }), counted(2, {}, 'stop'), apart];
		assert.deepEqual(await usageHeard(asks, two), ['-', '-', '-', '3 alone'], 'two answers end one after the other');
		assert.deepEqual(await usageHeard(wanted, [...asGoogle, alone]), ['-', '-', '-', '4 alone'], 'as OpenAI says it');
		const before = [counted(1, { content: 'a' }), piece({}, 'stop')];
		assert.deepEqual(await usageHeard(wanted, before), ['-', '-', '1 alone'], 'the last piece says nothing of it');
		const behind = [counted(1, { content: 'a' }, 'stop'), counted(2, {})];
		assert.deepEqual(await usageHeard(wanted, behind), ['-', '-', '2 alone'], 'one stands behind the end');
	});

	it('comes to nobody who has not asked for it, though the gateway does', async () => {
		assert.deepEqual(await usageHeard({}), ['-', '-', '-']);
	});
});

describe('the gateway: fields of OpenAI’s alone', () => {
	it('stay here, where they say what OpenAI may keep of a request: Google’s translation refuses a body with one', async () => {
		const rig = new GatewayRig({ a: {} });
		const kept = { store: false, metadata: { task: 'x' }, prompt_cache_retention: '24h', safety_identifier: 'me' };
		const answer = await rig.ask(completions, chat('Hi [short]', { ...kept, user: 'me' }));
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(JSON.parse(rig.bodies[0] ?? ''), chat('Hi [short]', { user: 'me' }));
	});

	it('stay here, where they are penalties of nothing, which some clients send with each request; one of something goes out', async () => {
		for (const none of [0, null]) {
			const rig = new GatewayRig({ a: {} });
			const said = { frequency_penalty: none, presence_penalty: none };
			const answer = await rig.ask(completions, chat('Hi [short]', said));
			assert.equal(answer.status, 200, answer.text);
			assert.deepEqual(JSON.parse(rig.bodies[0] ?? ''), chat('Hi [short]'));
		}
		const refused = await new GatewayRig({ a: {} }).ask(completions, chat('Hi', { frequency_penalty: 0.5 }));
		assert.equal(refused.status, 400);
		assert.match(refused.text, /Unknown name \\"frequency_penalty\\"/);
	});
});
