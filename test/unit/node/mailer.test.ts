import assert from 'node:assert/strict';
import { generate } from 'selfsigned';
import type { SMTPServerOptions } from 'smtp-server';
import { smtpServer } from '../../../src/monitoring/alerts/smtpServer';
import { MailError, sendMail, type Mail } from '../../../src/node/mailer';
import { MailServer } from '../../support/node/mailServer';

const mail: Mail = {
	from: 'keypool@example.com',
	to: ['a@example.com', 'b@example.com'],
	subject: 'Tất cả khóa đã cạn 👩‍💻',
	text: '"quotes", a line\n.\nand a dot\n',
};

describe('mail', () => {
	const open: MailServer[] = [];
	const never = new AbortController().signal;
	let certificate: { readonly key: string; readonly cert: string };
	before(async () => {
		// By address: a name, even this one, is asked of the name servers of the machine's network first.
		const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
			keySize: 2048,
			algorithm: 'sha256',
			extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
		});
		certificate = { key: made.private, cert: made.cert };
	});
	afterEach(async () => {
		await Promise.all(open.splice(0).map((server) => server.stop()));
	});

	async function serve(options: SMTPServerOptions): Promise<{ server: MailServer; port: number }> {
		const server = new MailServer(options);
		open.push(server);
		return { server, port: await server.start() };
	}

	async function reason(sending: Promise<void>): Promise<string> {
		const error: unknown = await sending.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		assert.ok(error instanceof MailError, String(error));
		return error.reason;
	}

	it('is delivered over STARTTLS and over TLS, signed in', async () => {
		for (const encryption of ['startTls', 'tls'] as const) {
			const { server, port } = await serve({ ...certificate, secure: encryption === 'tls' });
			const to = { host: '127.0.0.1', port, encryption, user: 'me', password: 'right' };
			await sendMail(to, mail, never, certificate.cert);
			assert.deepEqual([server.secure, server.signedIn], [[true], ['me']]);
			assert.deepEqual(server.receivers, [...mail.to]);
			assert.match(server.messages[0] ?? '', /^Subject: =\?UTF-8\?/m);
		}
	});

	it('is not sent if encryption is required but not offered, or not trusted', async () => {
		const plain = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
		const to = { host: '127.0.0.1', encryption: 'startTls' } as const;
		assert.equal(await reason(sendMail({ ...to, port: plain.port }, mail, never)), 'noEncryption');
		const unknown = await serve({ ...certificate });
		assert.equal(await reason(sendMail({ ...to, port: unknown.port }, mail, never)), 'notTrusted');
		const tls = await serve({ ...certificate, secure: true });
		assert.equal(await reason(sendMail({ ...to, encryption: 'tls', port: tls.port }, mail, never)), 'notTrusted');
		assert.deepEqual([...plain.server.messages, ...unknown.server.messages], []);
	});

	it('goes unencrypted to this computer if the setting says so', async () => {
		const { server, port } = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
		await sendMail({ host: '127.0.0.1', port, encryption: 'plain' }, mail, never);
		assert.deepEqual(server.secure, [false]);
	});

	it('reports why it was not accepted', async () => {
		const { port } = await serve({
			allowInsecureAuth: true,
			disabledCommands: ['STARTTLS'],
			onRcptTo: ({ address }, _, done) =>
				done(
					address.startsWith('full')
						? Object.assign(new Error('mailbox full'), { responseCode: 452 })
						: address.startsWith('nobody')
							? Object.assign(new Error('no such user'), { responseCode: 550 })
							: undefined,
				),
		});
		const to = { host: '127.0.0.1', port, encryption: 'plain' } as const;
		assert.equal(await reason(sendMail({ ...to, user: 'me', password: 'wrong' }, mail, never)), 'signIn');
		const nobody = { ...mail, to: ['nobody@example.com'] };
		assert.equal(await reason(sendMail(to, nobody, never)), 'refused');
		assert.equal(await reason(sendMail(to, { ...mail, to: ['full@example.com'] }, never)), 'serverTrouble');
	});

	it('is worth another try where the server lets nobody in for a while', async () => {
		const { port } = await serve({
			allowInsecureAuth: true,
			disabledCommands: ['STARTTLS'],
			onAuth: (_, __, done) => done(Object.assign(new Error('4.7.0 Too many login attempts'), { responseCode: 454 })),
		});
		const to = { host: '127.0.0.1', port, encryption: 'plain', user: 'me', password: 'right' } as const;
		assert.equal(await reason(sendMail(to, mail, never)), 'serverTrouble');
	});

	it('reports who did not get it where others did', async () => {
		const { server, port } = await serve({
			disabledCommands: ['STARTTLS', 'AUTH'],
			onRcptTo: ({ address }, _, done) =>
				done(
					address.startsWith('a@')
						? undefined
						: Object.assign(new Error('not here'), { responseCode: address.startsWith('full') ? 452 : 550 }),
				),
		});
		const to = { host: '127.0.0.1', port, encryption: 'plain' } as const;
		const [a, nobody, full] = ['a@example.com', 'nobody@example.com', 'full@example.com'] as const;
		const failed = (receivers: readonly string[]) => sendMail(to, { ...mail, to: receivers }, never);
		await assert.rejects(failed([a, nobody]), { reason: 'refused', missed: [nobody] });
		await assert.rejects(failed([a, full, nobody]), { reason: 'serverTrouble', missed: [full, nobody] });
		assert.deepEqual(server.receivers, [a, a]);
	});

	it('stops at once when it is cancelled, and reports an unreachable server', async () => {
		const { server, port } = await serve({ disabledCommands: ['STARTTLS', 'AUTH'], onMailFrom: () => undefined });
		const abort = new AbortController();
		const sending = reason(sendMail({ host: '127.0.0.1', port, encryption: 'plain' }, mail, abort.signal));
		abort.abort(new Error('enough'));
		await sending;
		open.length = 0;
		await server.stop();
		assert.equal(await reason(sendMail({ host: '127.0.0.1', port, encryption: 'plain' }, mail, never)), 'unreachable');
	});
});

describe('the setting of the mail server', () => {
	it('has host, port, user and encryption', () => {
		assert.deepEqual(smtpServer(' smtp://me@mail.example.com '), {
			host: 'mail.example.com',
			port: 587,
			encryption: 'startTls',
			user: 'me',
		});
		assert.deepEqual(smtpServer('smtps://a%40b.com@mail.example.com:2465/'), {
			host: 'mail.example.com',
			port: 2465,
			encryption: 'tls',
			user: 'a@b.com',
		});
		assert.equal(smtpServer('smtp://100%@h')?.user, '100%');
		assert.deepEqual(smtpServer('smtps://h'), { host: 'h', port: 465, encryption: 'tls' });
	});

	it('allows no encryption only on this computer', () => {
		for (const host of ['localhost', '127.0.0.1', '[::1]']) {
			assert.equal(smtpServer(`smtp://${host}:25`)?.encryption, 'plain', host);
		}
		for (const host of ['localhost.example.com', '128.0.0.1', 'mail']) {
			assert.equal(smtpServer(`smtp://${host}:25`)?.encryption, 'startTls', host);
		}
	});

	it('refuses an invalid value, and a password in it', () => {
		for (const bad of [
			'',
			'mail.example.com',
			'http://h',
			'smtp://',
			'smtp://u:p@h',
			'smtp://h/path',
			'smtp://h?x=1',
		]) {
			assert.equal(smtpServer(bad), undefined, bad);
		}
	});
});
