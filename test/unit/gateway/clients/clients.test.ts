import assert from 'node:assert/strict';
import { fromPoolError } from '../../../../src/gateway/answers/poolErrors';
import { logGateway } from '../../../../src/gateway/gateway';
import { createWords } from '../../../../src/localization/words';
import { PoolError } from '../../../../src/pool/pool';
import {
	chat,
	completions,
	GatewayRig,
	question,
	retryDelayMs,
	stream,
	whole,
} from '../../../support/gateway/gatewayRig';
import { flash, lite } from '../../../support/simulator/stand';

describe('the rules of a client', () => {
	it('hold the models that it may ask for and be answered by, and what it sees of the list', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { models: [flash] }, rules: { fallbackModels: [lite] } });
		assert.equal((await rig.ask(whole, question())).status, 200);
		const other = await rig.ask(whole.replace(flash, lite), question());
		assert.deepEqual([other.status, /KEYPOOL_MODEL_NOT_ALLOWED/.test(other.text)], [403, true]);
		assert.equal((await rig.ask(completions, chat('Hi', { model: `models/${lite}` }))).status, 403);
		const count = whole.replace(flash, lite).replace('generateContent', 'countTokens');
		assert.equal((await rig.ask(count, question())).status, 403);
		assert.equal((await rig.ask(`/v1beta/models/${lite}`)).status, 403);
		for (const [path, headers] of [
			['/v1beta/models', {}],
			['/v1/models', { 'x-goog-api-key': '', authorization: `Bearer ${rig.token}` }],
		] as const) {
			const { text } = await rig.ask(path, undefined, { headers });
			assert.ok(text.includes(flash) && !text.includes(lite), text);
		}
	});

	it('hold no place for a list of models or a count of tokens whose client left while the keys were unlocked', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { parallel: 1 }, blockedReason: new Promise(() => undefined) });
		for (const [path, body] of [
			['/v1beta/models', undefined],
			[whole.replace('generateContent', 'countTokens'), question()],
		] as const) {
			const leaving = new AbortController();
			const asked = rig.send(path, body, { signal: leaving.signal });
			await rig.clock.settle();
			assert.equal(rig.gateway.underWay, 1, path);
			leaving.abort();
			await rig.clock.settle();
			assert.equal(rig.gateway.underWay, 0, path);
			await asked;
		}
	});

	it('leave a line in the log where their list of models or count of tokens fails, for whoever runs the gateway', async () => {
		const rig = new GatewayRig({ a: {} }, { blockedReason: 'keysLocked' });
		const count = whole.replace('generateContent', 'countTokens');
		const lines: string[] = [];
		const line = (text: string): void => void lines.push(text);
		logGateway(rig.gateway, { info: line, warn: line });
		assert.deepEqual([(await rig.ask(count, question())).status, (await rig.ask('/v1beta/models')).status], [403, 403]);
		assert.deepEqual(lines, [
			`[gateway:tool] refused: 403 keysLocked, ${count}`,
			'[gateway:tool] refused: 403 keysLocked, /v1beta/models',
		]);
	});

	it('leave a line of how each answer ended: an error that came whole broke nothing off', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: { first: 1 }, kind: 'cutStream', afterPieces: 1 }] } });
		const ends: string[] = [];
		const line = (text: string): void => void ends.push(text.replace(/^.*\] |, \d+ ms$/g, ''));
		logGateway(rig.gateway, { info: line, warn: line });
		for (const body of [
			chat('Hi [short]', { stream: true }),
			chat('Hi [short]'),
			{ ...chat('Hi [short]'), model: 'x-1' },
		]) {
			await rig.ask(completions, body);
		}
		assert.deepEqual(ends, [`broken off: 200, ${flash}`, `ended: 200, ${flash}`, 'ended: 404, x-1']);
	});

	it('name the model twice to nobody’s gain: the one that is looked at is the one that goes out', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { models: [flash] } });
		const twice = `{"model":"${lite}","model":"${flash}","messages":[{"role":"user","content":"Hi [short]"}]}`;
		const answer = await rig.ask(completions, twice);
		assert.equal(answer.status, 200);
		assert.ok(!(rig.bodies.at(-1) ?? '').includes(lite));
	});

	it('make no models: of a name that a client makes up nothing is kept, shown, or counted as in use', async () => {
		const rig = new GatewayRig({ a: {}, b: {} });
		await rig.ask(completions, chat('Hi [short]'));
		const names = ['gpt-4o', 'gpt-4o', 'x-1', 'x-2', '__proto__', 'constructor'];
		const answered = await Promise.all(names.map((model) => rig.ask(completions, { ...chat('Hi [short]'), model })));
		assert.deepEqual([...new Set(answered.map(({ status }) => status))], [404]);
		const { keys, supplies } = rig.pool.snapshot();
		assert.deepEqual([...new Set(keys.flatMap(({ models }) => models.map(({ model }) => model)))], [flash]);
		assert.deepEqual(
			supplies.map(({ model }) => model),
			[flash],
		);
	});

	it('make none forgotten either: what is known of a model stays where one asks it for what it cannot do', async () => {
		const rig = new GatewayRig({ a: {}, b: {} });
		await rig.ask(completions, chat('word '.repeat(400)));
		const before = rig.store.replica().model.get(flash);
		assert.ok(before && before.samples > 0);
		const wrong = { model: flash, input: 'x' };
		const asked = await Promise.all(Array.from({ length: 4 }, () => rig.ask('/v1/embeddings', wrong)));
		assert.deepEqual([...new Set(asked.map(({ status }) => status))], [404]);
		assert.equal(new Set(rig.calls.map(([key]) => key)).size, 2, 'a key of which nothing is known is asked as well');
		assert.equal(rig.store.replica().model.get(flash)?.samples, before.samples);
		const shown = rig.pool.snapshot().keys.flatMap(({ models }) => models.map((one) => one.requestsToday));
		assert.deepEqual(shown, [1]);
	});

	it('ask in no other name: Google would refuse each key for a foreign project or login, and each would be set aside', async () => {
		const rig = new GatewayRig({ a: {} });
		const others = ['$userProject', 'userProject', 'access_token', '$access_token', 'bearer_token', '$.xgafv', '$ct'];
		for (const path of [whole, stream, whole.replace('generateContent', 'countTokens'), '/v1beta/models']) {
			const query = [...others.map((name) => `${encodeURIComponent(name)}=1`), 'quotaUser=me'].join('&');
			const body = path === '/v1beta/models' ? undefined : question();
			await rig.ask(`${path}${path.includes('?') ? '&' : '?'}${query}`, body);
			const sent = [...new URL(rig.addresses.at(-1) ?? '').searchParams.keys()];
			assert.deepEqual(
				sent.filter((name) => name !== 'alt'),
				['quotaUser'],
				path,
			);
		}
	});

	it('hold the keys by their tier', async () => {
		const keys = { free: {}, paid: { tier: 'paid' } } as const;
		for (const [tier, expected] of [
			['free', 'free'],
			['paid', 'paid'],
		] as const) {
			const rig = new GatewayRig(keys, {
				client: { keys: tier },
				paidKeys: tier === 'free' ? 'first' : 'last',
				strategy: 'headroom',
			});
			await rig.ask(whole, question());
			await rig.ask(whole.replace('generateContent', 'countTokens'), question());
			await rig.ask('/v1beta/models');
			assert.deepEqual(
				rig.calls.map((call) => call.split(' ')[0]),
				[expected, expected, expected],
			);
		}
		const conflict = new GatewayRig(keys, { client: { keys: 'free' }, rules: { paidOnly: true } });
		const answer = await conflict.ask(whole, question());
		assert.deepEqual([answer.status, conflict.calls.length], [403, 0]);
		assert.match(answer.text, /KEYPOOL_TIER_CONFLICT/);
	});

	it('name the rule where no key is of the tier that its token is for, and no setting that its person has not', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { keys: 'paid' } });
		for (const [path, body, code] of [
			[whole, question(), 'KEYPOOL_NO_PAID_KEY'],
			[stream, question(), 'KEYPOOL_NO_PAID_KEY'],
			[whole.replace('generateContent', 'countTokens'), question(), 'KEYPOOL_NO_PAID_KEY'],
			[completions, chat(), '"no_paid_key"'],
		] as const) {
			const { status, text } = await rig.ask(path, body);
			assert.equal(status, 403, path);
			assert.ok(text.includes(code) && !text.includes('keypool.paidOnly'), text);
		}
		const free = new GatewayRig({ a: { tier: 'paid' } }, { client: { keys: 'free' } });
		const none = await free.ask(whole, question());
		assert.deepEqual([none.status, rig.calls, free.calls], [403, [], []]);
		assert.match(none.text, /only use free keys, and none of them is enabled here.*KEYPOOL_NO_FREE_KEY/);
		const paid = new GatewayRig({ a: { tier: 'paid' } }, { client: { keys: 'paid', dollarsPerDay: 0 } });
		const { text } = await paid.ask(whole, question());
		assert.ok(text.includes('KEYPOOL_BUDGET') && !text.includes('keypool.paidOnly'), text);
	});

	it('hold its requests at the same time', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { parallel: 2 } });
		await rig.ready;
		const hold = rig.service.hold();
		const gone = new AbortController();
		const leaving = rig.read(rig.send(stream, question(), { signal: gone.signal }));
		const under = [rig.read(rig.send(stream, question()))];
		await rig.clock.until(hold.reached);
		const third = await rig.ask(stream, question());
		assert.deepEqual([third.status, third.headers.get('x-should-retry')], [429, 'true']);
		assert.match(third.text, /KEYPOOL_TOO_MANY_AT_ONCE/);
		// One place is free, and no more than that.
		gone.abort();
		await rig.clock.until(leaving);
		under.push(rig.read(rig.send(stream, question())));
		await rig.clock.settle();
		assert.match((await rig.ask(stream, question())).text, /KEYPOOL_TOO_MANY_AT_ONCE/);
		hold.release();
		await rig.clock.until(Promise.all(under));
		assert.equal((await rig.ask(stream, question())).status, 200);
	});

	it('are told of one request in the singular', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { parallel: 1 } });
		await rig.ready;
		const hold = rig.service.hold();
		const first = rig.read(rig.send(stream, question()));
		await rig.clock.until(hold.reached);
		assert.match((await rig.ask(stream, question())).text, /already has 1 request under way, the most/);
		hold.release();
		await rig.clock.until(first);
	});

	it('leave no more than 256 requests of all clients at the same time', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'hang' }] } }, { client: { parallel: 64 } });
		await rig.ready;
		const gone = new AbortController();
		const answers: Promise<unknown>[] = [];
		for (let n = 0; n < 4; n++) {
			if (n > 0) await rig.issue(`tool ${n}`, { parallel: 64 });
			for (let m = 0; m < 64; m++) answers.push(rig.send(whole, question(), { signal: gone.signal }));
		}
		await rig.clock.settle();
		assert.equal(rig.gateway.underWay, 256);
		await rig.issue('one more');
		const { status, text, headers } = await rig.ask(whole, question());
		assert.deepEqual([status, headers.get('retry-after-ms')], [429, '1000']);
		// It has none itself.
		assert.match(text, /KEYPOOL_FULL/);
		gone.abort();
		await rig.clock.until(Promise.all(answers));
		assert.equal(rig.gateway.underWay, 0);
	});

	it('send nothing for a client that has left before it is known: nobody would read what is paid for', async () => {
		const rig = new GatewayRig({ a: {} });
		const { status } = await rig.ask(whole, question(), { signal: AbortSignal.abort() });
		assert.deepEqual([status, rig.calls], [499, []]);
	});

	it('count no request of a day of which nothing could be sent, as without a network', async () => {
		const away = new TypeError('fetch failed', { cause: Object.assign(new Error('away'), { code: 'ENOTFOUND' }) });
		const rig = new GatewayRig({ a: {} }, { client: { requestsPerDay: 1 }, answer: () => away });
		for (let n = 0; n < 2; n++) assert.match((await rig.ask(whole, question())).text, /KEYPOOL_UNREACHABLE/);
		assert.ok(rig.calls.length > 0);
	});

	it('hold its requests of a Pacific day, over two gateways and a restart, and count no refused one', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { requestsPerDay: 2 } });
		await rig.ask(whole, question());
		const next = new GatewayRig({ a: {} }, { beside: rig });
		next.token = rig.token;
		assert.equal((await next.ask(whole, '[]')).status, 400);
		assert.equal((await next.ask(whole, question())).status, 200);
		for (const one of [rig, next]) {
			const answer = await one.ask(completions, chat());
			assert.deepEqual([answer.status, answer.headers.get('x-should-retry')], [429, 'false']);
			assert.match(answer.text, /"code":"requests_of_day"/);
			// Whoever reads it learns what the header tells programs.
			assert.match(answer.text, /all 2 requests it may make per day\. The next day begins at [^.]*\d\d:\d\d \(.+\)\./);
			assert.ok(retryDelayMs(answer.text) > 3_600_000);
		}
		await rig.clock.advance(24 * 3_600_000);
		assert.equal((await rig.ask(whole, question())).status, 200);
	});

	for (const [limit, rules] of [
		['a limit', { requestsPerDay: 3 }],
		['none', {}],
	] as const) {
		it(`spend none of those for what was never sent, as keys rested or their client left: with ${limit}`, async () => {
			const faults = [{ when: 'always', kind: 'error', body: '429_rpm_free' }] as const;
			const rig = new GatewayRig({ a: { faults } }, { client: rules });
			const soon = { headers: { 'x-keypool-max-wait-ms': '1000' } };
			// The first one is sent: its refusal says that the key rests.
			for (const path of [whole, whole, stream]) assert.equal((await rig.ask(path, question(), soon)).status, 429);
			const left = new AbortController();
			const waiting = rig.send(whole, question(), { signal: left.signal });
			await rig.clock.advance(2_000);
			left.abort();
			await rig.clock.until(waiting);
			const [client] = rig.tokens.list();
			assert.deepEqual([rig.calls.length, rig.gateway.usageOf(client?.id ?? '').today.requests], [1, 1]);
		});
	}

	it('are not said to be gone while the secret storage is locked in which they stand', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		const read = rig.storage.read.bind(rig.storage);
		rig.storage.read = () => Promise.reject(new Error('locked'));
		const next = new GatewayRig({ a: {} }, { beside: rig });
		await assert.rejects(next.ready, /locked/);
		const ask = (): Promise<Response> =>
			next.gateway.handle(
				new Request(`http://127.0.0.1:8642${whole}`, {
					method: 'POST',
					body: JSON.stringify(question()),
					headers: { host: '127.0.0.1:8642', 'x-goog-api-key': rig.token, 'content-type': 'application/json' },
				}),
				{ port: 8642 },
			);
		const locked = await ask();
		assert.equal(locked.status, 403);
		assert.match(await locked.text(), /secret storage.+KEYPOOL_KEYS_LOCKED/);
		assert.deepEqual(next.reported, []);
		assert.deepEqual(
			next.events,
			[{ type: 'refused', status: 403, reason: 'keysLocked', path: whole }],
			'the log says why',
		);
		rig.storage.read = read;
		await next.tokens.load();
		assert.equal((await next.clock.until(ask())).status, 200);
	});

	it('end with its token: a revoked one is answered no more', async () => {
		const rig = new GatewayRig({ a: {} });
		assert.equal((await rig.ask(whole, question())).status, 200);
		await rig.tokens.revoke(rig.tokens.list()[0]?.id ?? '');
		assert.equal((await rig.ask(whole, question())).status, 401);
	});

	it('whose request ends with the window hear to come again: another one serves in a moment', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'hang' }] } });
		const answer = rig.read(rig.send(completions, chat()));
		await rig.clock.settle();
		await rig.clock.until(rig.pool.leave());
		const { status, headers, text } = await answer;
		assert.deepEqual([status, headers.get('x-should-retry')], [503, 'true'], text);
		assert.match(text, /"code":"stopping"/);
	});

	it('do not come again where an answer would be redirected, or as long or large once more', () => {
		const words = createWords(
			(text) => text,
			{ language: 'en' },
			() => 0,
		);
		for (const reason of ['redirected', 'answerTooLong', 'answerTooLarge'] as const) {
			const { status, help } = fromPoolError(new PoolError(reason, []), words, 0);
			assert.deepEqual([status < 500, help], [true, 'never'], reason);
		}
	});

	it('end what a revoked token has under way, and nothing of the others', async () => {
		const rig = new GatewayRig({ a: {}, b: {} });
		await rig.ready;
		const revoked = rig.tokens.list()[0]?.id ?? '';
		const hold = rig.service.hold();
		const under = rig.read(rig.send(stream, question()));
		await rig.clock.until(hold.reached);
		await rig.issue('other');
		const beside = rig.read(rig.send(stream, question()));
		await rig.clock.until(rig.tokens.revoke(revoked));
		const revokedAt = rig.clock.wall();
		const { isWhole, status, text } = await rig.clock.until(under);
		assert.ok(!isWhole || status >= 400, String(status));
		// Not that somebody there has stopped it.
		assert.match(text, /"code":401.*KEYPOOL_UNKNOWN_TOKEN/);
		assert.ok(rig.clock.wall() - revokedAt < 1_000);
		assert.equal(rig.gateway.usageOf(revoked).underWay, 0);
		hold.release();
		assert.equal((await rig.clock.until(beside)).status, 200);
	});
});
