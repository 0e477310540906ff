import assert from 'node:assert/strict';
import type { ProjectId } from '../../../src/pool/pool';
import { createMemoryStore } from '../../../src/keys/keyring/memoryStore';
import { recordName } from '../../../src/teamGateway/names';
import { TeamGateway } from '../../../src/teamGateway/teamGateway';
import { GatewayRig, type GatewayKey, type GatewayRigOptions } from '../../support/gateway/gatewayRig';
import { loadSdk } from '../../support/gemini/room';
import { flash, lite } from '../../support/simulator/stand';
import { address, Colleague } from '../../support/teamGateway/colleague';
import { VirtualClock } from '../../support/virtualClock';

const hosts = { hosts: ['kp.example'], origins: [] };
const paid = { tier: 'paid' } as const;
const failing = (body: '429_rpm_free' | '403_leaked_key') =>
	({ faults: [{ when: 'always', kind: 'error', body }] }) as const;

/** What a gateway says in place of this one, where it is asked a question. */
const answerOf =
	(text: string) =>
	({ pathname }: URL): Response | undefined => {
		const event = { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] };
		const headers = { 'content-type': 'text/event-stream' };
		return pathname.endsWith('/status') ? undefined : new Response(`data: ${JSON.stringify(event)}\n\n`, { headers });
	};

/** A gateway of these keys, and a colleague who uses it. */
async function team(keys: Readonly<Record<string, GatewayKey>>, options: GatewayRigOptions = {}, page?: string) {
	const rig = new GatewayRig(keys, { doors: hosts, ...options });
	const colleague = new Colleague(rig, page);
	await colleague.use();
	return { rig, colleague, shown: () => colleague.gateway.shown };
}

describe('a colleague without a key', () => {
	// Reading it takes real time, in which virtual time would run on.
	before(loadSdk);

	it('is answered through the gateway by its token alone, and nothing goes anywhere else', async () => {
		const { rig, colleague } = await team({ a: paid });
		const { text, error } = await colleague.ask();
		assert.match(text, /sim-answer-/, String(error?.reason));
		assert.deepEqual(colleague.toGoogle, []);
		for (const { url, headers } of colleague.sent) {
			assert.ok(url.startsWith(`${address}/`));
			assert.equal(headers.get('x-goog-api-key'), rig.token);
		}
		assert.equal(rig.events.filter(({ type }) => type === 'ended').length, 1);
		const { usable, total } = colleague.pool.snapshot();
		assert.deepEqual([usable, total], [1, 1]);
	});

	it('is asked by what waits for minutes where an answer comes whole', async () => {
		const { rig, colleague } = await team({ a: paid });
		const { patientFetch = assert.fail('nothing waits') } = colleague.gateway.transportOverride(rig.token) ?? {};
		const url = `${address}/v1beta/models`;
		await rig.clock.until(
			Promise.resolve(patientFetch(url, { headers: { 'x-goog-api-key': rig.token, 'x-other': '1' } })),
		);
		assert.deepEqual(colleague.waitedFor, [url]);
		const { headers } = colleague.sent.at(-1) ?? assert.fail('nothing was sent');
		assert.deepEqual([headers.get('x-keypool-max-wait-ms'), headers.get('x-other')], ['5000', null]);
	});

	it('sees what the gateway tells, soon after it has moved', async () => {
		const { rig, colleague, shown } = await team({ a: paid }, { client: { requestsPerDay: 2, models: [flash] } });
		assert.deepEqual([shown()?.host, shown()?.told?.requests], ['kp.example', { used: 0, max: 2 }]);
		assert.deepEqual(shown()?.told?.models, [{ model: flash, isUsable: true }]);
		await colleague.ask();
		await rig.clock.advance(1_000);
		assert.deepEqual(shown()?.told?.requests, { used: 1, max: 2 });
	});

	it('sees it too while one question follows the other', async () => {
		const { rig, colleague, shown } = await team({ a: paid });
		for (let n = 0; n < 8; n++) {
			await colleague.ask();
			await rig.clock.advance(500);
		}
		assert.ok((shown()?.told?.requests.used ?? 0) >= 5, String(shown()?.told?.requests.used));
		await rig.clock.advance(1_000);
		assert.equal(shown()?.told?.requests.used, 8);
	});

	it('sees a second later what it has used while the gateway was asked how it stands', async () => {
		const { rig, colleague, shown } = await team({ a: paid });
		let end = (): void => undefined;
		const late = new ReadableStream({ start: (controller) => void (end = () => controller.close()) });
		colleague.answer = ({ pathname }) => (pathname.endsWith('/status') ? new Response(late) : undefined);
		await rig.clock.advance(60_000);
		colleague.answer = undefined;
		await colleague.ask();
		end();
		await rig.clock.advance(1_100);
		assert.equal(shown()?.told?.requests.used, 1);
	});

	it('hears that its budget there is used up, and the token is not at fault', async () => {
		const { rig, colleague, shown } = await team({ a: paid }, { client: { requestsPerDay: 1 } });
		await colleague.ask();
		const { error } = await colleague.ask();
		assert.equal(error?.reason, 'gatewayBudget');
		await rig.clock.advance(2_000);
		const { dayEndsAt = 0 } = shown()?.told ?? {};
		assert.ok(Math.abs((error.facts.retryAt ?? 0) - dayEndsAt) < 1_000, 'a batch can go on by itself then');
		assert.match(error.facts.serviceMessage ?? '', /the 1 request/);
		assert.equal(colleague.pool.snapshot().keys[0]?.availability.state, 'usable');
	});

	it('waits here, by the time that the gateway states, and is answered then', async () => {
		const { rig, colleague } = await team({
			a: { faults: [{ when: { first: 1 }, kind: 'error', body: '429_rpm_free' }] },
		});
		const before = rig.clock.wall();
		const { text, parts } = await colleague.ask({ maxWaitMs: 120_000 });
		assert.match(text, /sim-answer-/);
		assert.ok(rig.clock.wall() - before > 5_000, 'longer than the gateway waits for it');
		assert.ok(parts.some((part) => part.type === 'waiting' && part.inMs > 5_000));
	});

	for (const beforeHeaders of [12_000, 55_000]) {
		it(`waits until answers of its own have ended, after ${beforeHeaders} ms, where the token may have so many at a time`, async () => {
			const slow = { faults: [{ when: 'always', kind: 'latency', beforeHeaders }] } as const;
			const { colleague } = await team({ a: slow }, { client: { parallel: 1 } });
			const patient = { maxWaitMs: 600_000 };
			const answers = await Promise.all([1, 2, 3].map(() => colleague.ask(patient)));
			for (const { text, error } of answers) assert.match(text, /sim-answer-/, String(error?.reason));
		});
	}

	it('goes on with another model where its token is not for the first', async () => {
		const quota = { rpm: 1_000, tpm: 10_000_000, rpd: 1_000 };
		const { rig, colleague } = await team({ a: { quota } });
		rig.pool.configure({ model: flash });
		await rig.issue('narrow', { models: [lite] });
		await colleague.use('');
		const { text, parts } = await colleague.ask({ models: [flash, lite] });
		assert.match(text, /sim-answer-/);
		assert.ok(parts.some((part) => part.type === 'switched' && part.to.model === lite));
	});

	it('never takes a paused gateway for a sign of abuse of its own', async () => {
		const { rig, colleague, shown } = await team({ a: failing('403_leaked_key') });
		const { error } = await colleague.ask();
		assert.equal(error?.reason, 'gatewayRefused');
		assert.equal(colleague.pool.snapshot().paused, undefined);
		await rig.clock.advance(1_000);
		assert.equal(shown()?.told?.state, 'paused');
	});

	it('says that a revoked token is good no more, and that the gateway cannot be reached', async () => {
		const { rig, colleague, shown } = await team({ a: paid });
		colleague.isAway = true;
		await rig.clock.advance(60_000);
		assert.deepEqual([shown()?.trouble, shown()?.told?.client], ['unreachable', 'tool']);
		colleague.isAway = false;
		await rig.tokens.revoke(rig.tokens.list()[0]?.id ?? '');
		await rig.clock.advance(60_000);
		assert.deepEqual(shown(), { host: 'kp.example', trouble: 'badToken' });
		await colleague.ask();
		assert.equal(colleague.pool.snapshot().keys[0]?.availability.state, 'quarantined');
	});

	it('goes on at once with another token, and with another gateway, whatever the first had said', async () => {
		const quota = { rpm: 100, tpm: 1_000_000, rpd: 1 };
		const { rig, colleague } = await team({ a: { quota } });
		await colleague.ask();
		assert.ok(
			((await colleague.ask()).error?.facts.retryAt ?? 0) > rig.clock.wall() + 3_600_000,
			'used up for the day',
		);
		colleague.answer = answerOf('a gateway with keys');
		assert.equal((await colleague.ask()).error?.reason, 'waitedTooLong');
		await rig.issue('there');
		await colleague.use('');
		assert.equal((await colleague.ask()).text, 'a gateway with keys');
		colleague.answer = undefined;
		await rig.tokens.revoke(rig.tokens.list().find(({ name }) => name === 'there')?.id ?? '');
		assert.equal((await colleague.ask()).error?.reason, 'badKey');
		await rig.issue('again');
		await colleague.use('');
		colleague.answer = answerOf('another token');
		assert.equal((await colleague.ask()).text, 'another token');
		assert.equal(colleague.pool.snapshot().total, 1);
	});

	it('believes a gateway that tells better than it had answered: of its token, its keys, its rules', async () => {
		const quota = { rpm: 100, tpm: 1_000_000, rpd: 1 };
		const { rig, colleague } = await team({ a: { quota } });
		const state = () => colleague.pool.snapshot().keys[0]?.availability.state;
		// A replica that had not heard of the token yet.
		const [known] = rig.tokens.list();
		assert.ok(known);
		rig.tokens.clientOf = () => Promise.resolve(undefined);
		await colleague.ask();
		assert.equal(state(), 'quarantined');
		rig.tokens.clientOf = () => Promise.resolve(known);
		await rig.clock.advance(2_000);
		assert.equal(state(), 'usable', 'before the token is checked again by itself');
		await colleague.ask();
		await colleague.ask();
		assert.equal(state(), 'coolingDown');
		await rig.clock.advance(61_000);
		assert.equal(state(), 'coolingDown', 'as the gateway tells');
		// Whoever runs it has found another key.
		const project = 'project of a' as ProjectId;
		await rig.pool.execute({ type: 'clearCooldown', project });
		colleague.answer = answerOf('another key');
		await rig.clock.advance(60_000);
		assert.equal(state(), 'usable');
		assert.equal((await colleague.ask()).text, 'another key');
	});

	it('believes it also where its token names a model by a name that stands for it', async () => {
		const latest = 'gemini-flash-latest';
		const quota = { rpm: 100, tpm: 1_000_000, rpd: 1 };
		const { rig, colleague } = await team({ a: { quota } }, { client: { models: [latest] } });
		const rests = () => colleague.pool.snapshot().keys[0]?.models.map(({ availability: { state } }) => state);
		assert.match((await colleague.ask({ models: [latest] })).text, /sim-answer-/);
		assert.notEqual((await colleague.ask({ models: [latest] })).error, undefined);
		await rig.clock.advance(61_000);
		assert.deepEqual(rests(), ['coolingDown'], 'as the gateway tells');
		await rig.pool.execute({ type: 'clearCooldown', project: 'project of a' as ProjectId });
		await rig.clock.advance(60_000);
		assert.deepEqual(rests(), ['usable']);
	});

	it('hears at once that its token is not for a model, however long it may wait, and asks again', async () => {
		const { rig, colleague } = await team({ a: paid }, { client: { models: ['other'] } });
		const before = rig.clock.wall();
		const { error, parts } = await colleague.ask({ maxWaitMs: 120_000 });
		assert.deepEqual([error?.reason, parts], ['modelDenied', []]);
		assert.ok(rig.clock.wall() - before < 5_000);
		await rig.tokens.setRules(rig.tokens.list()[0]?.id ?? '', { models: undefined });
		assert.match((await colleague.ask()).text, /sim-answer-/);
	});

	it('keeps what it was told while somebody in between says that the gateway is away', async () => {
		// As a network does that wants a sign-in, or another one that knows nothing of the host's name.
		for (const status of [429, 502, 503, 504, 200, 401, 403, 404]) {
			const { rig, colleague, shown } = await team({ a: paid });
			colleague.answer = () => new Response('<html>Bad Gateway</html>', { status });
			await rig.clock.advance(60_000);
			assert.deepEqual([shown()?.trouble, shown()?.told?.client], ['unreachable', 'tool'], String(status));
			const { error } = await colleague.ask();
			if (status === 503) assert.equal(error?.reason, 'unreachable', 'it says nothing of the model');
			assert.notEqual(error, undefined);
			colleague.answer = undefined;
			await rig.clock.advance(60_000);
			assert.equal(shown()?.trouble, undefined);
			assert.match((await colleague.ask()).text, /sim-answer-/);
			assert.deepEqual(colleague.toGoogle, []);
		}
	});

	it('is no judge of keys where anybody else answers in its place', async () => {
		for (const [status, message] of [
			[403, 'Your API key was reported as leaked. Please use another API key.'],
			[403, 'Consumer project 1 has been suspended.'],
			[400, 'API key not valid. Please pass a valid API key.'],
		] as const) {
			for (const inBand of [false, true]) {
				const { colleague } = await team({ a: paid });
				const error = { code: status, message, status: 'PERMISSION_DENIED' };
				const headers = { 'content-type': 'text/event-stream' };
				colleague.answer = ({ pathname }) => {
					if (pathname.endsWith('/status')) return undefined;
					return inBand
						? new Response(`data: ${JSON.stringify({ error })}\n\n`, { headers })
						: Response.json({ error }, { status });
				};
				assert.equal((await colleague.ask()).error?.reason, 'proxy', message);
				const { paused, keys } = colleague.pool.snapshot();
				assert.deepEqual([paused, keys[0]?.availability.state], [undefined, 'usable'], message);
			}
		}
	});

	it('follows no redirect with the token', async () => {
		const { rig, colleague, shown } = await team({ a: paid });
		colleague.answer = () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } });
		await rig.clock.advance(60_000);
		assert.equal(shown()?.trouble, 'unreachable');
		assert.equal((await colleague.ask()).error?.reason, 'redirected');
		for (const { url, redirect } of colleague.sent) {
			assert.ok(url.startsWith(`${address}/`));
			assert.ok(redirect === 'manual' || redirect === 'error', String(redirect));
		}
	});

	it('asks nothing any more once the window has closed, although an answer comes after that', async () => {
		const { rig, colleague } = await team({ a: paid });
		await rig.clock.advance(60_000);
		const before = rig.clock.pending;
		let answer: (() => void) | undefined;
		colleague.hold = new Promise((resolve) => (answer = resolve));
		await rig.clock.advance(60_000);
		const asked = colleague.sent.length;
		colleague.gateway.dispose();
		answer?.();
		await rig.clock.advance(300_000);
		assert.equal(colleague.sent.length, asked);
		assert.ok(rig.clock.pending < before, 'no timer of it is left');
	});

	it('asks soon after the pool has, when a wait that was told ends, and else once a minute', async () => {
		const { rig, colleague } = await team({ a: paid });
		const askedIn = async (ms: number): Promise<number> => {
			const before = colleague.sent.length;
			await rig.clock.advance(ms);
			return colleague.sent.length - before;
		};
		await colleague.ask();
		assert.equal(await askedIn(1_000), 1);
		assert.equal(await askedIn(10 * 60_000), 10);
		colleague.answer = () =>
			Response.json({ v: 1, client: 'tool', models: [{ model: flash, isUsable: false, waitMs: 20_000 }] });
		assert.equal(await askedIn(60_000), 1);
		assert.equal(await askedIn(20_000), 1);
	});

	it('asks again where it could not ask at all', async () => {
		const [errors, clock] = [[] as unknown[], new VirtualClock()];
		let asked = 0;
		const gateway = new TeamGateway({
			...{ secrets: createMemoryStore(), fetch: globalThis.fetch, clock, learn: () => undefined },
			ask: () =>
				++asked === 1 ? Promise.reject(new Error('no such file')) : Promise.resolve({ trouble: 'noGateway' }),
			report: (error) => errors.push(error),
		});
		await gateway.use({ address, token: `kp_${'a'.repeat(43)}` });
		await clock.settle();
		assert.deepEqual([gateway.shown?.trouble, errors.length], ['unreachable', 1]);
		await clock.advance(60_000);
		assert.deepEqual([gateway.shown?.trouble, asked], ['noGateway', 2]);
		gateway.dispose();
	});

	it('is in every window at once, survives a reload, and its token goes nowhere once it is left', async () => {
		const { rig, colleague } = await team({ a: paid });
		const token = rig.token;
		const stored = await colleague.secrets.get(recordName);
		assert.equal(stored, JSON.stringify({ v: 1, address, token }));
		const { id } = colleague.gateway.source()?.keys[0] ?? assert.fail('no key');
		assert.equal(colleague.gateway.secretOf(id), token);
		await colleague.gateway.stop();
		assert.equal(await colleague.secrets.get(recordName), undefined);
		assert.equal(colleague.gateway.source(), undefined);
		assert.equal(colleague.gateway.secretOf(id), undefined);
		const left = colleague.gateway.transportOverride(token);
		assert.ok(left);
		await assert.rejects(left.fetch('https://gateway.invalid/'), TypeError);
		assert.equal(colleague.gateway.transportOverride('AIza-no-token'), undefined);
		// Another window has stored it.
		await colleague.secrets.store(recordName, stored);
		await rig.clock.settle();
		assert.equal(colleague.gateway.shown?.host, 'kp.example');
		await colleague.secrets.store(
			recordName,
			'{"v":1,"address":"http://evil.example","token":"kp_12345678901234567890"}',
		);
		await rig.clock.settle();
		assert.equal(colleague.gateway.isOn, false, 'what is no address for a token is none');
	});
});

describe('a colleague in a browser', () => {
	const page = 'https://v--1.vscode-cdn.net';

	it('is answered where the gateway lists its page, with no header that a preflight refuses', async () => {
		const { colleague, shown } = await team(
			{ a: paid },
			{ doors: { ...hosts, origins: ['https://*.vscode-cdn.net'] } },
			page,
		);
		assert.match((await colleague.ask()).text, /sim-answer-/);
		assert.ok(shown()?.told);
	});

	it('hears the exact wait of a refusal there as well', async () => {
		const { colleague, rig } = await team(
			{ a: failing('429_rpm_free') },
			{ doors: { ...hosts, origins: [page] } },
			page,
		);
		const { error } = await colleague.ask();
		const [key] = rig.pool.snapshot().keys;
		assert.ok(key?.availability.state === 'coolingDown');
		assert.equal(error?.facts.retryAt, key.availability.until);
	});

	it('cannot reach a gateway that lists no page', async () => {
		const { colleague, shown, rig } = await team({ a: paid }, {}, page);
		assert.equal(shown()?.trouble, 'unreachable');
		const before = rig.clock.wall();
		const { error } = await colleague.ask({ maxWaitMs: 120_000 });
		assert.deepEqual([error?.reason, error?.facts.retryAt], ['unreachable', undefined], 'no quota that comes back');
		assert.ok(rig.clock.wall() - before < 30_000);
		assert.deepEqual(colleague.toGoogle, []);
	});
});
