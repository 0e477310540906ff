import assert from 'node:assert/strict';
import type { ClientRules } from '../../../src/gateway/gateway';
import { initialSpending } from '../../../src/pool/budget/spending';
import { chat, completions, GatewayRig, question, retryDelayMs, stream, whole } from '../../support/gateway/gatewayRig';
import { flash } from '../../support/simulator/stand';

/** A turn that brings back the result of a tool which the model asked for. */
const geminiTurn = (args: object): object => ({
	contents: [
		{ role: 'user', parts: [{ text: 'Fix it [short]' }] },
		{ role: 'model', parts: [{ functionCall: { name: 'run', args } }] },
		{ role: 'user', parts: [{ functionResponse: { name: 'run', response: { result: 'failed' } } }] },
	],
});
const openAiTurn = (args: string, ...behind: readonly object[]): object => ({
	model: flash,
	messages: [
		{ role: 'user', content: 'Fix it [short]' },
		{ role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: args } }] },
		{ role: 'tool', tool_call_id: 'c1', content: 'failed' },
		...behind,
	],
});
/** What Roo and others say of the surroundings behind the results. */
const surroundings = { role: 'user', content: 'It is noon [short]' };
const paid = { tier: 'paid' } as const;

describe('the gateway: money', () => {
	for (const [dialect, path, same, other] of [
		['Gemini', whole, geminiTurn({ a: 1, b: 2 }), geminiTurn({ b: 2, a: 1 })],
		['OpenAI', completions, openAiTurn('{"a":1,"b":2}'), openAiTurn('{ "b": 2, "a": 1 }', surroundings)],
	] as const) {
		it(`stops a client alone whose model comes to the same tool twenty times in ten minutes: ${dialect}`, async () => {
			const rig = new GatewayRig({ a: {} });
			for (let n = 0; n < 20; n++) {
				const answer = await rig.ask(path, n % 2 === 0 ? same : other);
				assert.equal(answer.status, 200, answer.text);
			}
			const sent = rig.calls.length;
			const looped = await rig.ask(path, same);
			assert.equal(looped.status, 403, looped.text);
			assert.match(looped.text, /gateway:tool was stopped/);
			assert.equal(rig.calls.length, sent);
			await rig.issue('other');
			assert.equal((await rig.ask(path, same)).status, 200);
			await rig.pool.execute({ type: 'releaseClient', client: 'gateway:tool' });
		});
	}

	it('stops nobody whose model makes progress, or who sends the same turn again after a refusal', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'error', body: '400_api_key_invalid' }] } });
		for (let n = 0; n < 25; n++) await rig.ask(whole, geminiTurn({ same: true }));
		assert.deepEqual(
			[...rig.store.replica().spending.values()].flatMap(({ activity }) => activity?.held ?? []),
			[],
		);
		const working = new GatewayRig({ a: {} });
		for (let n = 0; n < 40; n++) assert.equal((await working.ask(whole, geminiTurn({ step: n }))).status, 200);
	});

	it('lets no header lift the guard of a dear hour, but the word of a person on the token', async () => {
		const afterDearHour = async (client: Partial<ClientRules>): Promise<number> => {
			const rig = new GatewayRig({ a: paid }, { client });
			await rig.ready;
			await rig.store.transact((tx, now) => {
				const hour = { startsAt: now - (now % 3_600_000), cost: 600_000 };
				const activity = { hour, usual: { cost: 1_000, hours: 5 }, calls: [] };
				tx.put({ kind: 'spending', id: 'client/gateway:tool', doc: { ...initialSpending(now), activity } });
			});
			const batch = { headers: { 'x-keypool-priority': 'batch' } };
			assert.equal((await rig.ask(whole, question(), batch)).status, 200);
			return (await rig.ask(whole, question(), batch)).status;
		};
		assert.equal(await afterDearHour({}), 403);
		assert.equal(await afterDearHour({ batch: true }), 200);
	});

	it('counts no answer where vectors are made: nobody says how many tokens, and there is none to write', async () => {
		const rig = new GatewayRig({ a: paid });
		const embedding = 'gemini-embedding-001';
		const content = { parts: [{ text: 'Hi' }] };
		for (const [path, body] of [
			['/v1beta/openai/embeddings', { model: embedding, input: ['Hi', 'there'] }],
			[`/v1beta/models/${embedding}:embedContent`, { content }],
		] as const) {
			assert.equal((await rig.ask(path, body)).status, 200);
		}
		assert.deepEqual(
			rig.pool
				.usage()
				.dailyCosts()
				.map(({ sends, output }) => [sends, output]),
			[[2, 0]],
		);
		const { day } = [...rig.store.replica().spending].find(([id]) => id.startsWith('project/'))?.[1] ?? assert.fail();
		assert.ok(day.tokens < 2_000, `${day.tokens} of a daily cap`);
	});

	it('refuses what a budget does not allow, and says when it begins anew', async () => {
		const rig = new GatewayRig({ a: paid }, { budgets: { clients: { 'gateway:tool': { day: 0.02 } } } });
		const short = { ...question(), generationConfig: { maxOutputTokens: 2_000 } };
		let answered = 0;
		for (let answer = await rig.ask(whole, short); answer.status === 200; answer = await rig.ask(whole, short)) {
			assert.ok(++answered < 500);
		}
		const { status, text } = await rig.ask(whole, short);
		assert.equal(status, 429);
		assert.match(text, /gateway:tool: The budget of \$0\.020? a day does not allow this request/);
		const { day } = rig.store.replica().spending.get('client/gateway:tool') ?? assert.fail();
		assert.ok(retryDelayMs(text) >= day.endsAt - rig.clock.wall() - 1_000);
		assert.ok(answered > 0 && day.cost <= 20_000, String(day.cost));
		// What may be longer than the budget can ever bear is refused for good.
		assert.equal((await rig.ask(whole, question())).status, 429);
		await rig.issue('other');
		assert.equal((await rig.ask(whole, short)).status, 200);
	});

	it('has a client come again in a moment where answers under way hold what its budget lacks, and not the next day', async () => {
		const slow = { when: 'always', kind: 'latency', beforeHeaders: 5_000 } as const;
		const rig = new GatewayRig({ a: { ...paid, faults: [slow] } }, { client: { dollarsPerDay: 0.3 } });
		const first = rig.send(whole, question());
		await rig.clock.advance(100);
		const refused = await rig.ask(whole, question(), { headers: { 'x-keypool-max-wait-ms': '1000' } });
		assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '10']);
		assert.equal(refused.headers.get('x-should-retry'), 'true');
		assert.match(refused.text, /is spent or set aside/);
		assert.doesNotMatch(refused.text, /starts again/);
		await rig.clock.until(first.then((answer) => answer.text()));
		assert.equal((await rig.ask(whole, question())).status, 200);
	});

	describe('the dollars a day of a token', () => {
		const short = { ...question(), generationConfig: { maxOutputTokens: 2_000 } };
		const answersOf = async (rig: GatewayRig): Promise<number> => {
			for (let n = 0; n < 500; n++) if ((await rig.ask(whole, short)).status !== 200) return n;
			return assert.fail('nothing stopped it');
		};
		const spentBy = (rig: GatewayRig, client: string): number =>
			rig.store.replica().spending.get(`client/gateway:${client}`)?.day.cost ?? 0;

		it('hold without a setting, until the day ends, and bind nobody else', async () => {
			const rig = new GatewayRig({ a: paid }, { client: { dollarsPerDay: 0.02 } });
			assert.ok((await answersOf(rig)) > 0);
			assert.ok(spentBy(rig, 'tool') <= 20_000);
			const { status, text } = await rig.ask(completions, chat('Hi [short]', { max_tokens: 2_000 }));
			assert.equal(status, 429);
			assert.match(text, /gateway:tool: The budget of \$0\.020? a day does not allow this request/);
			const tool = rig.token;
			await rig.issue('other');
			assert.equal((await rig.ask(whole, short)).status, 200);
			rig.token = tool;
			await rig.clock.advance(24 * 3_600_000);
			assert.equal((await rig.ask(whole, short)).status, 200);
		});

		it('are the least of two where a budget of the settings names the client as well', async () => {
			const budgets = { clients: { 'gateway:tool': { day: 0.02, month: 7 } } };
			const limitsOf = async (dollarsPerDay: number): Promise<unknown> => {
				const rig = new GatewayRig({ a: paid }, { budgets, client: { dollarsPerDay } });
				await rig.ready;
				const [shown] = rig.pool.snapshot().clients;
				return [shown?.client, shown?.spending.day.limit, shown?.spending.month.limit];
			};
			assert.deepEqual(await limitsOf(0.5), ['gateway:tool', 20_000, 7_000_000]);
			assert.deepEqual(await limitsOf(0.01), ['gateway:tool', 10_000, 7_000_000]);
		});

		it('follow the rules of the token at once, and leave free keys alone', async () => {
			const rig = new GatewayRig({ a: paid }, { client: { dollarsPerDay: 0 } });
			assert.equal((await rig.ask(whole, short)).status, 429);
			const { id } = rig.tokens.list()[0] ?? assert.fail();
			await rig.tokens.setRules(id, { dollarsPerDay: 0.02 });
			assert.equal((await rig.ask(whole, short)).status, 200);
			await rig.tokens.setRules(id, { dollarsPerDay: 0 });
			assert.equal((await rig.ask(whole, short)).status, 429);
			rig.pool.configure({ strategy: 'roundRobin' });
			assert.equal((await rig.ask(whole, short)).status, 429);
			await rig.tokens.setRules(id, { dollarsPerDay: undefined });
			assert.equal((await rig.ask(whole, short)).status, 200);
			const free = new GatewayRig({ a: {} }, { client: { dollarsPerDay: 0 } });
			assert.equal((await free.ask(whole, short)).status, 200);
		});

		it('are not exceeded by requests at the same time', async () => {
			const rig = new GatewayRig({ a: paid }, { client: { dollarsPerDay: 0.02, parallel: 64 } });
			await rig.ready;
			const asked = Array.from({ length: 40 }, () => rig.read(rig.send(whole, short)));
			const answers = await rig.clock.until(Promise.all(asked));
			assert.ok(answers.some(({ status }) => status === 200));
			assert.ok(spentBy(rig, 'tool') <= 20_000, String(spentBy(rig, 'tool')));
		});
	});

	it('charges what an answer came to where the client stops reading at its finish reason', async () => {
		const costOf = async (isCutShort: boolean): Promise<number> => {
			const rig = new GatewayRig({
				a: { ...paid, faults: [{ when: 'always', kind: 'latency', beforeHeaders: 10_000 }] },
			});
			const response = await rig.clock.until(rig.send(stream, question()));
			const reader = (response.body ?? assert.fail()).getReader() as ReadableStreamDefaultReader<Uint8Array>;
			for (let text = ''; !text.includes('"finishReason"');) {
				const next = await rig.clock.until(reader.read());
				text = next.done ? assert.fail(text) : new TextDecoder().decode(next.value);
			}
			if (isCutShort) await reader.cancel();
			else await rig.clock.until(reader.read());
			await rig.clock.settle();
			return rig.store.replica().spending.get('pool')?.day.cost ?? 0;
		};
		const whole = await costOf(false);
		assert.deepEqual([await costOf(true), whole > 0], [whole, true]);
	});

	it('shows the tokens of every send beside its client, of what broke and of what the client left as well', async () => {
		const usageMetadata = { promptTokenCount: 1_000, candidatesTokenCount: 100, totalTokenCount: 1_100 };
		const piece = (more: object): string =>
			`data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'Yes' }] }, ...more }], usageMetadata })}\n\n`;
		const sse = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
		const tokensOf = (rig: GatewayRig): readonly number[] => {
			const { input, output } = rig.gateway.usageOf(rig.tokens.list()[0]?.id ?? '').today;
			const counted = rig.pool.usage().minutes();
			const sum = (of: 'input' | 'output'): number => counted.reduce((all, one) => all + one[of], 0);
			return [input, output, sum('input'), sum('output')];
		};
		const left = new GatewayRig({ a: paid }, { answer: () => sse(piece({ finishReason: 'STOP' })) });
		const response = await left.clock.until(left.send(stream, question()));
		const reader = (response.body ?? assert.fail()).getReader() as ReadableStreamDefaultReader<Uint8Array>;
		await left.clock.until(reader.read());
		await reader.cancel();
		await left.clock.settle();
		assert.deepEqual(tokensOf(left), [1_000, 100, 1_000, 100]);
		let sends = 0;
		const broken = new GatewayRig(
			{ a: paid },
			{ answer: () => sse(sends++ === 0 ? piece({ content: { parts: [] } }) : piece({ finishReason: 'STOP' })) },
		);
		assert.equal((await broken.ask(stream, question())).status, 200);
		await broken.clock.settle();
		assert.deepEqual([sends, ...tokensOf(broken)], [2, 2_000, 200, 2_000, 200]);
	});

	it('charges the service tier that has answered, in either dialect: the one that was asked for may have been full', async () => {
		const usageMetadata = { promptTokenCount: 1_000, candidatesTokenCount: 1_000, totalTokenCount: 2_000 };
		const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 };
		const native = { candidates: [{ content: { parts: [{ text: 'Yes' }] }, finishReason: 'STOP' }], usageMetadata };
		const openAi = { choices: [{ message: { content: 'Yes' }, finish_reason: 'stop' }], usage };
		const costOf = async (path: string, body: object, answer: object, tier: string): Promise<number> => {
			const headers = { 'x-gemini-service-tier': tier };
			const rig = new GatewayRig({ a: paid }, { answer: () => Response.json(answer, { headers }) });
			assert.equal((await rig.ask(path, body)).status, 200);
			await rig.clock.settle();
			return rig.store.replica().spending.get('pool')?.day.cost ?? 0;
		};
		for (const [path, body, answer] of [
			[whole, { ...question(), serviceTier: 'PRIORITY' }, native],
			[completions, chat('Hi', { service_tier: 'priority' }), openAi],
		] as const) {
			const standard = await costOf(path, body, answer, 'standard');
			assert.equal(await costOf(path, body, answer, 'priority'), Math.round(standard * 1.8));
		}
	});

	it('charges vectors by the tokens that the service counted, where it says so, and shows them', async () => {
		const rig = new GatewayRig({ a: paid });
		const asked = { model: 'gemini-embedding-001', input: 'word '.repeat(2_000) };
		const { text } = await rig.ask('/v1beta/openai/embeddings', asked);
		const { usage } = JSON.parse(text) as { usage: { prompt_tokens: number } };
		await rig.clock.settle();
		assert.equal(rig.gateway.usageOf(rig.tokens.list()[0]?.id ?? '').today.input, usage.prompt_tokens);
		// $0.15 a million.
		const { day } = rig.store.replica().spending.get('pool') ?? assert.fail();
		assert.equal(day.cost, Math.ceil(usage.prompt_tokens * 0.15));
		// Where it counts nothing, they cost what their texts come to by estimate, not a token for each byte.
		const silent = new GatewayRig({ a: paid });
		const content = { parts: [{ text: asked.input }] };
		await silent.ask(`/v1beta/models/${asked.model}:embedContent`, { content });
		const estimated = silent.store.replica().spending.get('pool')?.day.cost ?? 0;
		assert.ok(Math.abs(estimated / day.cost - 1) < 0.1, `${estimated} and ${day.cost}`);
	});

	it('learns how many tokens a text has from what was sent, not from a page that the service read or a cache', async () => {
		const ratioAfter = async (more: object, usage: object): Promise<number | undefined> => {
			const candidates = [{ content: { parts: [{ text: 'Yes' }] }, finishReason: 'STOP' }];
			const usageMetadata = { candidatesTokenCount: 1, ...usage };
			const rig = new GatewayRig({ a: {} }, { answer: () => Response.json({ candidates, usageMetadata }) });
			await rig.ask(whole, { ...question('word '.repeat(200)), ...more });
			await rig.clock.settle();
			return rig.store.replica().model.get(flash)?.tokensPerByte;
		};
		const plain = { promptTokenCount: 502 };
		assert.equal(await ratioAfter({}, plain), 0.5);
		const withPage = await ratioAfter({ tools: [{ urlContext: {} }] }, { ...plain, toolUsePromptTokenCount: 20_000 });
		assert.ok(Math.abs((withPage ?? 0) - 0.5) < 0.02, String(withPage));
		const unknown = 0.25;
		assert.equal(await ratioAfter({ cachedContent: 'cachedContents/a' }, { promptTokenCount: 20_000 }), unknown);
	});

	it('knows the longest answer and the service tier of either dialect', async () => {
		const reserved = async (path: string, body: object): Promise<number> => {
			const rig = new GatewayRig({ a: paid });
			let most = 0;
			rig.store.onDidChange(() => {
				const held = rig.store.replica().spending.get('pool')?.reservations ?? [];
				most = Math.max(most, ...held.map(({ cost }) => cost));
			});
			const answer = await rig.ask(path, body);
			assert.equal(answer.status, 200, answer.text);
			return most;
		};
		const gemini = (more: object): Promise<number> => reserved(whole, { ...question(), ...more });
		const openAi = (more: object): Promise<number> =>
			reserved(completions, { model: flash, messages: [{ role: 'user', content: 'Hi [short]' }], ...more });
		const unbounded = await gemini({});
		const bounded = await gemini({ generationConfig: { maxOutputTokens: 1_000 } });
		assert.ok(unbounded - bounded > 64_000 * 3.75, `${unbounded} ${bounded}`);
		assert.equal(await gemini({ generationConfig: { maxOutputTokens: 500, candidateCount: 2 } }), bounded);
		assert.equal(await gemini({ generation_config: { max_output_tokens: 500, candidate_count: 2 } }), bounded);
		const inText = await gemini({ generationConfig: { maxOutputTokens: '500', candidateCount: '2' } });
		assert.ok(Math.abs(inText - bounded) < 10, `${inText} ${bounded}`);
		for (const more of [{}, { maxOutputTokens: 60_000 }]) {
			const [one, two] = [
				await gemini({ generationConfig: more }),
				await gemini({ generationConfig: { ...more, candidateCount: 2 } }),
			];
			assert.ok(two > 1.99 * one, `${one} ${two}`);
		}
		const priority = await gemini({ generationConfig: { maxOutputTokens: 1_000 }, serviceTier: 'PRIORITY' });
		assert.ok(Math.abs(priority - bounded * 1.8) < 50, `${priority} ${bounded}`);
		const completion = await openAi({ max_completion_tokens: 1_000 });
		assert.ok(Math.abs(completion - bounded) < 200, `${completion} ${bounded}`);
		assert.equal(await openAi({ max_tokens: 1_000 }), completion);
		// The service reads one of two spellings, and whoever has a token for a small budget would say in the other one that it is little.
		assert.equal(await openAi({ max_completion_tokens: 1, max_tokens: 1_000 }), completion);
		const [cheap, dear] = [
			{ maxOutputTokens: 1, candidateCount: 1 },
			{ max_output_tokens: 500, candidate_count: 2 },
		];
		for (const body of [
			{ generationConfig: { ...cheap, ...dear } },
			{ generationConfig: cheap, generation_config: dear },
			{ generation_config: cheap, generationConfig: dear },
		])
			assert.ok(Math.abs((await gemini(body)) - bounded) < 50, JSON.stringify(body));
		const twoTiers = { serviceTier: 'flex', service_tier: 'priority' };
		const dearest = await gemini({ generationConfig: { maxOutputTokens: 1_000 }, ...twoTiers });
		assert.ok(Math.abs(dearest - priority) < 50, `${dearest} ${priority}`);
	});
});
