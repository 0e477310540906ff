import assert from 'node:assert/strict';
import type { SMTPServerOptions } from 'smtp-server';
import { createMasker } from '../../../../src/masking/masking';
import { sendOnce } from '../../../../src/monitoring/alerts/delivery';
import { DeliveryError } from '../../../../src/monitoring/alerts/deliveryError';
import { alertSecrets } from '../../../../src/monitoring/alerts/secrets';
import type { Receiver } from '../../../../src/monitoring/alerts/receiver';
import { readReceivers } from '../../../../src/monitoring/alerts/receivers';
import { sendMail } from '../../../../src/node/mailer';
import { MailServer } from '../../../support/node/mailServer';
import { noon, words } from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';
import { every } from '../../../support/monitoring/alerts/samples';

interface MailSettings {
	readonly smtp: string;
	readonly from?: string;
	readonly to: readonly string[];
}

describe('alerts by mail', () => {
	const open: MailServer[] = [];
	const learnt: string[] = [];
	const never = new AbortController().signal;
	afterEach(async () => {
		learnt.length = 0;
		await Promise.all(open.splice(0).map((server) => server.stop()));
	});

	/** A server that wants a user and the password `right`. */
	async function serve(options: SMTPServerOptions = {}): Promise<{ server: MailServer; smtp: string }> {
		const server = new MailServer({ allowInsecureAuth: true, disabledCommands: ['STARTTLS'], ...options });
		open.push(server);
		return { server, smtp: `smtp://me@127.0.0.1:${await server.start()}` };
	}

	async function receivers({ smtp, from = '', to }: MailSettings, password?: string): Promise<readonly Receiver[]> {
		return readReceivers({
			secrets: { get: (name) => Promise.resolve(name === alertSecrets.mailPassword ? password : undefined) },
			settings: { alertSmtp: { value: smtp }, alertMailFrom: { value: from }, alertMailTo: { value: to } } as never,
			words,
			fetch: () => Promise.reject(new Error('nothing goes over HTTP')),
			sendMail: (server, mail, signal) => sendMail(server, mail, signal),
			learn: (secret) => learnt.push(secret),
			mask: createMasker().mask,
			now: () => noon,
			newId: () => 'id',
		});
	}

	async function send(settings: MailSettings, password = 'right'): Promise<void> {
		const [receiver] = await receivers(settings, password);
		assert.ok(receiver);
		for (const alert of every) await receiver.send(alert, noon, never);
	}

	it('are waited for while a server looks at them, which would have them twice, and not for ever', async () => {
		for (const [ms, ended] of [
			[90_000, 'sent'],
			[600_000, 'timedOut'],
		] as const) {
			const clock = new VirtualClock();
			const send = (): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
			const sending = sendOnce({ name: 'mail', send }, { type: 'test' }, noon, clock, never).then(
				() => 'sent',
				(error: unknown) => error instanceof DeliveryError && error.reason,
			);
			await clock.advance(ms);
			assert.equal(await sending, ended);
		}
	});

	it('each arrives at everybody, signed in with the password that was kept, as plain text', async () => {
		const { server, smtp } = await serve();
		await send({ smtp, from: 'keypool@example.com', to: ['a@example.com', 'b@example.com'] });
		assert.equal(server.messages.length, every.length);
		assert.deepEqual(new Set(server.signedIn), new Set(['me']));
		assert.deepEqual(new Set(server.receivers), new Set(['a@example.com', 'b@example.com']));
		for (const message of server.messages) {
			assert.match(message, /^From: keypool@example\.com\r$/m);
			assert.match(message, /^Content-Type: text\/plain; charset=utf-8\r$/m);
			const [headers = ''] = message.split('\r\n\r\n');
			assert.equal(headers.match(/^Subject:/gm)?.length, 1, 'a label cannot add a header');
		}
		assert.deepEqual(new Set(learnt), new Set(['right']), 'the masker knows the password');
	});

	it('comes from its first receiver where the setting names no sender', async () => {
		const { server, smtp } = await serve();
		await send({ smtp, to: ['a@example.com'] });
		assert.match(server.messages[0] ?? '', /^From: a@example\.com\r$/m);
	});

	it('goes nowhere where no server or no receiver is set', async () => {
		assert.deepEqual(await receivers({ smtp: '', to: ['a@example.com'] }), []);
		assert.deepEqual(await receivers({ smtp: 'smtp://127.0.0.1', to: [] }), []);
	});

	it('says why it was not taken', async () => {
		const { smtp } = await serve();
		const to = ['a@example.com'];
		const reason = (expected: string) => (error: unknown) =>
			error instanceof DeliveryError && error.reason === expected;
		await assert.rejects(send({ smtp, to }, 'wrong'), reason('signIn'));
		for (const smtp of ['smtp://user:password@host', 'smtp://host:99999'])
			await assert.rejects(send({ smtp, to }), reason('badServer'));
		assert.deepEqual(await receivers({ smtp: '  ', to }), [], 'blanks are no server');
		const full = await serve({
			onRcptTo: (_, __, done) => done(Object.assign(new Error('mailbox full'), { responseCode: 452 })),
		});
		await assert.rejects(send({ smtp: full.smtp, to }), reason('serverTrouble'));
		await full.server.stop();
		open.splice(open.indexOf(full.server), 1);
		await assert.rejects(send({ smtp: full.smtp, to }), reason('unreachable'));
	});

	it('that some did not get is tried again for them alone', async () => {
		let tries = 0;
		const { server, smtp } = await serve({
			onRcptTo: ({ address }, _, done) =>
				done(
					address === 'new@example.com' && ++tries === 1
						? Object.assign(new Error('greylisted, try again'), { responseCode: 450 })
						: undefined,
				),
		});
		const [receiver] = await receivers({ smtp, to: ['a@example.com', 'new@example.com'] }, 'right');
		const alert = { type: 'test' } as const;
		await assert.rejects(async () => receiver?.send(alert, noon, never), { reason: 'serverTrouble', hasArrived: true });
		await receiver?.send(alert, noon, never);
		assert.deepEqual(server.receivers, ['a@example.com', 'new@example.com']);
	});
});
