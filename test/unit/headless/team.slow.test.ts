import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request as secureRequest } from 'node:https';
import path from 'node:path';
import { generate } from 'selfsigned';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';

const question = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }] });
const address = '/v1beta/models/gemini-3.8-flash:generateContent';

interface Asked {
	readonly host: string;
	readonly token?: string;
	readonly path?: string;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** The certificate that is trusted. */
	readonly ca?: string;
}

/** A request under any name of a host, which `fetch` does not allow. */
async function ask(url: string, { host, token, path: at = address, body, headers, ca }: Asked) {
	const { request } = ca === undefined ? await import('node:http') : { request: secureRequest };
	const { hostname, port } = new URL(url);
	return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
		const sent = request(
			{
				...{ hostname, port, path: at, method: body === undefined ? 'GET' : 'POST', agent: false },
				...(ca !== undefined && { ca, servername: host.replace(/:\d+$/, '') }),
				headers: {
					host,
					...(body !== undefined && { 'content-type': 'application/json' }),
					...(token !== undefined && { 'x-goog-api-key': token }),
					...headers,
				},
			},
			(response) => {
				let text = '';
				response.on('data', (piece: Buffer) => (text += piece.toString()));
				response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
}

describe('the gateway of a team', () => {
	const made: HeadlessProgram[] = [];
	afterEach(async () => {
		await Promise.all(made.splice(0).map((one) => one.dispose()));
	});
	const create = async (): Promise<HeadlessProgram> => {
		const one = await HeadlessProgram.create();
		made.push(one);
		return one;
	};

	it('answers under the names of its certificate, with TLS, and says what Google asks', async () => {
		const headless = await create();
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'kp.example' }], {
			extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'kp.example' }] }],
		});
		const [certFile, keyFile] = [path.join(headless.folder, 'cert.pem'), path.join(headless.folder, 'key.pem')];
		await writeFile(certFile, cert);
		await writeFile(keyFile, key);
		const token = await headless.say('token', 'add', 'ann');
		const { program, url } = await headless.start(
			'--listen',
			'127.0.0.1',
			'--tls-cert',
			certFile,
			'--tls-key',
			keyFile,
		);
		assert.match(url, /^https:/);
		await program.until(/Others use these keys through it: docs\/TEAM-GATEWAY\.md/);
		const good = { token, body: question, ca: cert };
		assert.equal((await ask(url, { ...good, host: 'kp.example' })).status, 200);
		await assert.rejects(ask(url.replace('https:', 'http:'), { host: 'kp.example', token, body: question }));
		const elsewhere = await ask(url, { ...good, host: 'kp.example', headers: { host: 'evil.example' } });
		assert.match(`${elsewhere.status} ${elsewhere.text}`, /^403.*HOST_REFUSED/s);
		// Whatever forwards to it may listen at another port.
		const forwarded = { ...good, host: 'kp.example', headers: { host: 'kp.example:9443' } };
		assert.equal((await ask(url, forwarded)).status, 200);
		await writeFile(certFile, (await generate([{ name: 'commonName', value: 'kp.example' }])).cert);
		assert.match(
			await headless.fails('--tls-cert', certFile, '--tls-key', keyFile),
			/^--tls-key is not the key of --tls-cert/,
		);
		assert.match(
			(await headless.fails('--listen', '0.0.0.0', '--tls-cert', keyFile, '--tls-key', keyFile)).trim(),
			/^--tls-cert holds no certificate/,
		);
	});

	it('answers behind a proxy under its name alone, tells a balancer how it is, and shows counts for a token only', async () => {
		const headless = await create();
		assert.match(await headless.fails('--listen', '0.0.0.0'), /only with TLS .* or behind a proxy/);
		const token = await headless.say('token', 'add', 'ann', '--owner', 'Ann', '--keys', 'any');
		const { url } = await headless.start('--listen', '127.0.0.1', '--behind-proxy', 'kp.example');
		assert.equal((await ask(url, { host: 'kp.example', token, body: question })).status, 200);
		assert.equal((await ask(url, { host: 'other.example', token, body: question })).status, 403);
		// A balancer asks by the address of the machine.
		assert.deepEqual(await ask(url, { host: '10.1.2.3:8642', path: '/healthz' }), { status: 200, text: 'ok\n' });
		assert.deepEqual(await ask(url, { host: '10.1.2.3:8642', path: '/readyz' }), { status: 200, text: 'ready\n' });
		// A proxy that uses a connection at the moment of its end has no answer for its client.
		const [, seconds] = /timeout=(\d+)/.exec((await fetch(`${url}/healthz`)).headers.get('keep-alive') ?? '') ?? [];
		assert.ok(Number(seconds) > 600, seconds);
		const page = { host: '10.1.2.3', headers: { origin: 'https://evil.example' } };
		for (const path of ['/healthz', '/metrics']) assert.equal((await ask(url, { ...page, path })).status, 403);
		assert.equal((await ask(url, { host: 'kp.example', path: '/metrics' })).status, 401);
		const counted = { host: 'kp.example', path: '/metrics', headers: { authorization: 'Bearer sesame' } };
		assert.match((await ask(url, counted)).text, /gemini_available_keys/);
		const status = await ask(url, { host: 'kp.example', token, path: '/keypool/status' });
		assert.match(status.text, /"owner":"Ann"/);
	});

	it('is ready while its keys wait, since all replicas wait then, and not where none answers without somebody', async () => {
		const headless = await HeadlessProgram.create({
			a: [{ when: { first: 2 }, kind: 'error', body: '429_rpm_free' }],
		});
		made.push(headless);
		const token = await headless.say('token', 'add', 'ann');
		const { url, program } = await headless.start('--behind-proxy', 'kp.example', '--drain-delay', '0');
		const good = { host: 'kp.example', token };
		const asked = await ask(url, { ...good, body: question, headers: { 'x-keypool-max-wait-ms': '0' } });
		assert.match(`${asked.status} ${asked.text}`, /^429.*KEYPOOL_/s);
		assert.match((await ask(url, { ...good, path: '/keypool/status' })).text, /"isUsable":false/);
		assert.equal((await ask(url, { host: 'x', path: '/readyz' })).text, 'ready\n');
		assert.equal(await program.interrupt(), 0);
		const bad = await HeadlessProgram.create({ a: [{ when: 'always', kind: 'error', body: '400_api_key_invalid' }] });
		made.push(bad);
		const other = await bad.start('--behind-proxy', 'kp.example');
		let text = '';
		while (text !== 'no key can answer\n') ({ text } = await ask(other.url, { host: 'x', path: '/readyz' }));
	});

	it('shows no counts where the token for them is empty, and names an address that is not its own', async () => {
		const headless = await create();
		headless.environment['KEYPOOL_METRICS_TOKEN'] = ' ';
		const { url } = await headless.start('--behind-proxy', 'kp.example');
		const counted = { host: 'kp.example', path: '/metrics' };
		for (const headers of [{}, { authorization: 'Bearer ' }]) {
			assert.equal((await ask(url, { ...counted, headers })).status, 403);
		}
		const elsewhere = ['--port', '0', '--listen', '203.0.113.7', '--behind-proxy', 'kp.example'];
		assert.match(await headless.fails(...elsewhere), /--listen names no address of this computer/);
	});

	it('is not ready first, takes requests until balancers have seen it, lets answers finish, and ends', async () => {
		const headless = await create();
		const token = await headless.say('token', 'add', 'ann');
		const { program, url } = await headless.start('--behind-proxy', 'kp.example', '--drain-delay', '600');
		const good = { host: 'kp.example', token, body: question };
		assert.equal((await ask(url, good)).status, 200);
		const hold = headless.service.hold();
		const ended = program.interrupt();
		await program.until(/Not ready any more; takes requests for 600 s more/);
		assert.deepEqual(await ask(url, { host: 'x', path: '/readyz' }), { status: 503, text: 'leaving\n' });
		const last = ask(url, { ...good, path: address.replace('generateContent', 'streamGenerateContent?alt=sse') });
		await hold.reached;
		void program.interrupt();
		await program.until(/Lets 1 answer finish/);
		await assert.rejects(ask(url, good));
		hold.release();
		assert.match((await last).text, /"finishReason":"STOP"/);
		assert.equal(await ended, 0);
	});
});
