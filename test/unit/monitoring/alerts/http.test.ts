import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { Webhook } from 'standardwebhooks';
import { createMasker } from '../../../../src/masking/masking';
import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { sendOnce } from '../../../../src/monitoring/alerts/delivery';
import { DeliveryError, type DeliveryReason } from '../../../../src/monitoring/alerts/deliveryError';
import { isSafe } from '../../../../src/monitoring/alerts/post';
import { alertSecrets, type AlertSecret } from '../../../../src/monitoring/alerts/secrets';
import type { Receiver as Target } from '../../../../src/monitoring/alerts/receiver';
import { readReceivers } from '../../../../src/monitoring/alerts/receivers';
import { noon, words } from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';
import { every } from '../../../support/monitoring/alerts/samples';
import {
	asDiscord,
	asSlack,
	fields,
	Receiver,
	type Received,
	type Reply,
} from '../../../support/monitoring/alerts/receivers';

describe('alerts over HTTP', () => {
	const open: Receiver[] = [];
	afterEach(async () => {
		await Promise.all(open.splice(0).map((receiver) => receiver.stop()));
	});

	async function receiver(reply: (received: Received) => Reply): Promise<Receiver> {
		const started = await new Receiver(reply).start();
		open.push(started);
		return started;
	}

	async function targetOf(secrets: Partial<Record<AlertSecret, string>>): Promise<Target> {
		const stored = new Map(Object.entries(secrets).map(([name, value]) => [alertSecrets[name as AlertSecret], value]));
		const setting = <T>(value: T) => ({ value });
		const [target] = await readReceivers({
			secrets: { get: (name) => Promise.resolve(stored.get(name as (typeof alertSecrets)[AlertSecret])) },
			settings: { alertSmtp: setting(''), alertMailFrom: setting(''), alertMailTo: setting([]) } as never,
			words,
			fetch: (url, init) => fetch(url, init),
			sendMail: () => Promise.reject(new Error('no mail here')),
			learn: () => undefined,
			mask: createMasker().mask,
			now: () => Date.now(),
			newId: () => crypto.randomUUID(),
		});
		assert.ok(target);
		return target;
	}

	const send = (target: Target, alert: Alert, signal = new AbortController().signal, clock = new VirtualClock()) =>
		sendOnce(target, alert, noon, clock, signal);

	async function failure(sending: Promise<void>): Promise<DeliveryError> {
		const error: unknown = await sending.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		assert.ok(error instanceof DeliveryError, String(error));
		return error;
	}

	it('fit what Slack takes, and call nobody whatever a label says', async () => {
		const slack = await receiver(asSlack);
		const target = await targetOf({ slack: slack.url });
		for (const alert of every) await send(target, alert);
		assert.equal(slack.received.length, every.length);
		assert.ok(slack.received.every(({ body }) => !fields(JSON.parse(body))['text']?.toString().includes('<!channel>')));
		const first = fields(JSON.parse(slack.received[0]?.body ?? ''));
		assert.equal(first['text'], 'Gemini keys are almost exhausted. 1 of 5 keys can answer with gemini-3.8-flash.');
	});

	it('cut no sign of Slack’s in two, however many a label has', async () => {
		const slack = await receiver(asSlack);
		const target = await targetOf({ slack: slack.url });
		const keys = Array.from({ length: 20 }, () => ({ label: '&'.repeat(58), reason: 'badKey' as const }));
		await send(target, { type: 'keysNeedAttention', keys, more: 0 });
		const text = String(fields(JSON.parse(slack.received[0]?.body ?? ''))['text']);
		assert.equal(text.replaceAll('&amp;', '').includes('&'), false, text.slice(-20));
	});

	it('fit what Discord takes, and mention nobody', async () => {
		const discord = await receiver(asDiscord);
		const target = await targetOf({ discord: discord.url });
		for (const alert of every) await send(target, alert);
		assert.equal(discord.received.length, every.length);
	});

	it('name no key to anybody, also where a person has given one its own text as a name', async () => {
		const label = `AQ.${'Zx9_-'.repeat(11)}`;
		const any = await receiver(() => ({ status: 200 }));
		for (const place of ['slack', 'discord', 'webhook'] as const) {
			const target = await targetOf({ [place]: any.url });
			await send(target, { type: 'keysNeedAttention', keys: [{ label, reason: 'badKey' }], more: 0 });
			await send(target, { type: 'poolPaused', reason: 'leaked', by: label });
		}
		assert.equal(any.received.length, 6);
		for (const { body } of any.received) {
			assert.ok(!body.replaceAll('\\', '').includes(label.slice(0, 20)), body);
			assert.ok(body.includes('redacted'), body);
		}
	});

	it('reach a webhook as JSON that a verifier of Standard Webhooks accepts, and nobody else can have written', async () => {
		const hook = await receiver(() => ({ status: 200 }));
		for (const signingKey of [`whsec_${btoa('a key of 24 bytes or more')}`, 'any words']) {
			const target = await targetOf({ webhook: hook.url, signingKey });
			const verifier = new Webhook(
				signingKey.startsWith('whsec_') ? signingKey : new TextEncoder().encode(signingKey),
				signingKey.startsWith('whsec_') ? undefined : { format: 'raw' },
			);
			for (const alert of every) {
				await send(target, alert);
				const { headers, body } = hook.received.at(-1) ?? { headers: {}, body: '' };
				const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
				verifier.verify(body, signed);
				assert.throws(() => verifier.verify(body.replace('keypool', 'kypool'), signed));
			}
		}
		const paused = fields(JSON.parse(hook.received.at(-2)?.body ?? ''));
		assert.equal(paused['type'], 'keypool.pool_paused');
		assert.equal(paused['timestamp'], new Date(noon).toISOString());
		assert.equal(fields(paused['data'])['reason'], 'leaked');
	});

	it('are signed with any key that a person has entered, also one that only looks like base64', async () => {
		const hook = await receiver(() => ({ status: 200 }));
		for (const signingKey of ['whsec_abcde', 'whsec_', 'whsec_a', 'whsec_====']) {
			const target = await targetOf({ webhook: hook.url, signingKey });
			await send(target, { type: 'test' });
			const { headers, body } = hook.received.at(-1) ?? { headers: {}, body: '' };
			const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
			new Webhook(new TextEncoder().encode(signingKey), { format: 'raw' }).verify(body, signed);
		}
	});

	it('keep their id over the tries, so that a receiver can tell a repeat', async () => {
		const hook = await receiver(() => ({ status: 503 }));
		const target = await targetOf({ webhook: hook.url });
		const alert = { type: 'test' } as const;
		await failure(send(target, alert));
		await failure(send(target, alert));
		await failure(send(target, { type: 'test' }));
		const ids = hook.received.map(({ headers }) => headers['webhook-id']);
		assert.equal(ids[0], ids[1]);
		assert.notEqual(ids[1], ids[2]);
	});

	it('say what a receiver answered, and when it may be tried again', async () => {
		const hook = await receiver(() => ({ status: 200 }));
		const target = await targetOf({ webhook: hook.url });
		const cases: readonly [Reply, DeliveryReason, boolean][] = [
			[{ status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }, 'rateLimited', true],
			[{ status: 500, body: 'x'.repeat(10_000_000) }, 'serverTrouble', true],
			[{ status: 404, body: 'no_service' }, 'refused', false],
			[{ status: 307, headers: { location: 'http://127.0.0.1:9/' } }, 'redirected', false],
		];
		for (const [reply, reason, passes] of cases) {
			hook.answering = reply;
			const error = await failure(send(target, { type: 'test' }));
			assert.deepEqual([error.reason, error.passes], [reason, passes]);
			assert.ok(error.message.length < 600);
			if (reason === 'rateLimited') assert.equal(error.retryAfterMs, 7_000);
		}
		assert.equal(hook.received.length, cases.length, 'no redirect was followed');
	});

	it('say that a certificate is not trusted, which no later try mends', async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keySize: 2048 });
		const server = createServer({ key, cert }).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		try {
			const target = await targetOf({ webhook: `https://127.0.0.1:${port}/hook` });
			const { reason, passes } = await failure(send(target, { type: 'test' }));
			assert.deepEqual([reason, passes], ['notTrusted', false]);
		} finally {
			server.close();
		}
	});

	it('take 10 MB for an answer without reading them', async () => {
		const hook = await receiver(() => ({ status: 200, body: 'x'.repeat(10_000_000) }));
		await send(await targetOf({ webhook: hook.url }), { type: 'test' });
		assert.equal(hook.received.length, 1);
	});

	it('end with a receiver that hangs, and at once when they are cancelled', async () => {
		const hook = await receiver(() => 'hang');
		const target = await targetOf({ webhook: hook.url });
		const clock = new VirtualClock();
		const late = failure(send(target, { type: 'test' }, undefined, clock));
		while (hook.received.length === 0) await clock.settle();
		await clock.advance(15_000);
		assert.equal((await late).reason, 'timedOut');
		const abort = new AbortController();
		const cancelled = send(target, { type: 'test' }, abort.signal);
		abort.abort(new Error('enough'));
		await assert.rejects(cancelled, /enough/);
	});

	it('go nowhere but to https and this computer', async () => {
		for (const bad of ['http://example.com/x', 'ftp://a', 'nonsense', 'https://u:p@example.com', 'file:///etc/hosts']) {
			assert.equal(isSafe(bad), false, bad);
			assert.equal((await failure(send(await targetOf({ slack: bad }), { type: 'test' }))).reason, 'badAddress');
		}
		assert.ok(isSafe('https://hooks.slack.com/services/T/B/x') && isSafe('http://localhost:1/x'));
		const gone = await receiver(() => ({ status: 200 }));
		const { url } = gone;
		await gone.stop();
		open.length = 0;
		assert.equal((await failure(send(await targetOf({ webhook: url }), { type: 'test' }))).reason, 'unreachable');
	});
});
