import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createService } from '../../../src/simulator/service';
import { attackJson, attackText } from '../../support/fuzz/attacks';
import { chat, completions, GatewayRig, question, stream, whole } from '../../support/gateway/gatewayRig';
import { replayed, seed } from '../../support/seed';
import { seeded } from '../../support/simulator/stand';
import { VirtualClock } from '../../support/virtualClock';

const numRuns = process.env['KEYPOOL_FULL'] === '1' ? 3_000 : 100;

/** Every form of an answer, by how it is asked for at the gateway and at the service. */
const forms = [
	{ name: 'events', path: stream, body: question() },
	{ name: 'list', path: stream.replace('?alt=sse', ''), body: question() },
	{ name: 'whole', path: whole, body: question() },
	{ name: 'OpenAI, streamed', path: completions, body: chat('Hi [short]', { stream: true }) },
	{ name: 'OpenAI, whole', path: completions, body: chat() },
] as const;

/** How one answer of the service comes: how much of it, in which pieces, and what follows. */
interface Delivery {
	/** Of the whole, in thousandths. */
	readonly share: number;
	/** Bytes of each piece. */
	readonly piece: number;
	readonly end: 'closes' | 'breaks' | 'hangs';
}

/** One request, and how long its client stays. */
interface Ask {
	readonly form: number;
	readonly leaves: 'never' | 'afterFirst' | 'early';
}

const delivery: fc.Arbitrary<Delivery> = fc.record({
	share: fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.constant(1_000)),
	piece: fc.integer({ min: 1, max: 700 }),
	end: fc.constantFrom('closes', 'closes', 'breaks', 'hangs'),
});
const ask: fc.Arbitrary<Ask> = fc.record({
	form: fc.nat({ max: forms.length - 1 }),
	leaves: fc.constantFrom('never', 'never', 'never', 'afterFirst', 'early'),
});

/** What a client has had of an answer. */
interface Had {
	readonly status: number;
	readonly text: string;
	readonly isWhole: boolean;
	readonly hasLeft: boolean;
}

describe(`properties of the gateway (KEYPOOL_SEED=${seed})`, function () {
	this.timeout(numRuns * 200);

	/** What the service answers in each form, as the gateway asks for it. */
	let originals: readonly Uint8Array[] = [];
	before(async () => {
		originals = await Promise.all(forms.map(({ path, body }) => originalOf(path, body)));
	});

	it('whatever is cut off an answer, it is never ended as whole, and the accounts are balanced', () =>
		holds(fc.tuple(fc.array(ask, { minLength: 1, maxLength: 3 }), fc.array(delivery, { minLength: 1 })), play));

	it('whatever a body is, it ends with a status, and the accounts are balanced', () =>
		holds(
			fc.array(
				fc.tuple(fc.nat({ max: forms.length - 1 }), fc.oneof(attackJson, attackText('{', '"contents":[', ']}'))),
				{
					minLength: 1,
					maxLength: 4,
				},
			),
			async (bodies) => {
				const rig = new GatewayRig({ a: { tier: 'paid' }, b: {} });
				await rig.ready;
				for (const [form, given] of bodies) {
					const body = typeof given === 'string' ? given : JSON.stringify(given);
					const answer = await rig.ask(forms[form]?.path ?? whole, body);
					assert.ok(answer.status >= 200 && answer.status < 600);
					assert.notEqual(answer.status, 500, answer.text);
				}
				await balanced(rig);
			},
		));

	async function play([asks, deliveries]: [readonly Ask[], readonly Delivery[]]): Promise<void> {
		let sent = 0;
		let form = 0;
		const rig = new GatewayRig(
			{ a: { tier: 'paid' }, b: {} },
			{ answer: () => delivered(originals[form] ?? assert.fail(), deliveries[sent++ % deliveries.length]) },
		);
		await rig.ready;
		for (const one of asks) {
			({ form } = one);
			const had = await rig.clock.until(listen(rig, one));
			await rig.clock.settle();
			const { path, body } = forms[form] ?? assert.fail();
			const event = rig.events.at(-1);
			const ended = event?.type === 'ended' ? event : assert.fail(`${path}: ${JSON.stringify(event)}`);
			if (had.hasLeft) continue;
			assert.equal(ended.status, had.status);
			assert.equal(ended.isWhole, had.status === 200 && had.isWhole);
			if (had.status !== 200) continue;
			if (had.isWhole) {
				assert.match(had.text, /"finish_?[rR]eason":\s*"(?:STOP|stop)"/, `${JSON.stringify(body)}: ${had.text}`);
				assert.match(had.text, /sim-answer-\w+\.(?:\\n)?"/, 'the last word of the answer');
			} else {
				assert.match(had.text, /"error":/);
				assert.ok(!had.text.includes('[DONE]'), had.text);
			}
		}
		await balanced(rig);
	}
});

async function holds<T>(cases: fc.Arbitrary<T>, check: (one: T) => Promise<void>): Promise<void> {
	await fc.assert(fc.asyncProperty(cases, check), { ...replayed, numRuns });
}

/** Nothing is under way, reserved or leased any more, and what was spent is what was told of each send. */
async function balanced(rig: GatewayRig): Promise<void> {
	// What is written last is written after the answer.
	await rig.clock.settle();
	assert.deepEqual(rig.reported, []);
	assert.equal(rig.gateway.underWay, 0);
	const count = (type: string): number => rig.events.filter((event) => event.type === type).length;
	assert.equal(count('began'), count('ended'), 'each request ends once');
	const { bucket, spending } = rig.store.replica();
	for (const [id, { leases }] of bucket) assert.deepEqual(leases, [], id);
	const attempts = rig.poolEvents.flatMap((event) => (event.type === 'attempt' ? [event.attempt] : []));
	const cost = attempts.reduce((sum, one) => sum + (one.cost ?? 0), 0);
	assert.equal(spending.get('pool')?.day.cost ?? 0, cost);
	assert.equal(spending.get('client/gateway:tool')?.day.cost ?? 0, cost);
	for (const [scope, { reservations }] of spending) assert.deepEqual(reservations, [], scope);
	const [client] = rig.tokens.list();
	const { today, underWay } = rig.gateway.usageOf(client?.id ?? '');
	const asked = rig.poolEvents.flatMap((event) =>
		event.type === 'attempt' && event.attempt.unsent !== true ? [event.request] : [],
	);
	assert.deepEqual([today.requests, underWay], [new Set(asked).size, 0], 'one of which something was sent is one');
	const sent = attempts.filter(({ unsent }) => unsent !== true);
	assert.equal(rig.calls.length, sent.length, 'each call was told once');
}

/** Asks, and reads to the end, or until the client leaves. */
async function listen(rig: GatewayRig, { form, leaves }: Ask): Promise<Had> {
	const { path, body } = forms[form] ?? assert.fail();
	const gone = new AbortController();
	const cancelling = leaves === 'early' && rig.clock.after(5, () => gone.abort());
	const response = await rig.send(path, body, { signal: gone.signal });
	const reader: ReadableStreamDefaultReader<Uint8Array> = (response.body ?? assert.fail()).getReader();
	const decoder = new TextDecoder();
	let text = '';
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) {
			text += decoder.decode(next.value, { stream: true });
			if (leaves !== 'afterFirst' || response.status !== 200) continue;
			await reader.cancel();
			return { status: 200, text, isWhole: false, hasLeft: true };
		}
		return { status: response.status, text, isWhole: true, hasLeft: gone.signal.aborted };
	} catch {
		return { status: response.status, text, isWhole: false, hasLeft: gone.signal.aborted };
	} finally {
		if (cancelling) cancelling();
	}
}

async function originalOf(at: string, body: object): Promise<Uint8Array> {
	const clock = new VirtualClock();
	const service = createService({
		...{ clock, chance: seeded(3), projects: [{ id: 'p', tier: 'paid' }], keys: [{ secret: 'sim-one', project: 'p' }] },
	});
	const isOpenAi = at === completions;
	const url = `https://simulator.invalid${isOpenAi ? '/v1beta/openai/chat/completions' : at}`;
	const wanted = 'stream' in body ? { ...body, stream_options: { include_usage: true } } : body;
	const asked = service.fetch(url, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			...(isOpenAi ? { authorization: 'Bearer sim-one' } : { 'x-goog-api-key': 'sim-one' }),
		},
		body: JSON.stringify(wanted),
	});
	const response = await clock.until(asked);
	return new Uint8Array(await clock.until(response.arrayBuffer()));
}

function delivered(original: Uint8Array, given: Delivery | undefined): Response {
	const { share, piece, end } = given ?? assert.fail();
	const bytes = original.subarray(0, Math.round((share * original.length) / 1_000));
	let at = 0;
	const body = new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				if (at < bytes.length) {
					controller.enqueue(bytes.slice(at, (at += piece)));
					return;
				}
				if (end === 'breaks') controller.error(new TypeError('terminated'));
				else if (end === 'closes') controller.close();
				else await new Promise(() => undefined);
			},
		},
		{ highWaterMark: 0 },
	);
	const type = original[0] === 'd'.charCodeAt(0) ? 'text/event-stream' : 'application/json; charset=UTF-8';
	return new Response(body, { status: 200, headers: { 'content-type': type } });
}
