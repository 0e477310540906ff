import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { PortError, servePage, type PageServer } from '../../../../src/node/http/pageServer';

/** The lowest port that everybody may have: a container can allow them all. */
function lowestForAll(): number {
	const file = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
	return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 1_024;
}

const page = { path: '/metrics', contentType: 'text/plain; version=0.0.4', read: () => Promise.resolve('a 1\n') };

describe('a page on the loopback', () => {
	let server: PageServer;
	before(async () => {
		server = await servePage(0, page);
	});
	after(() => server.close());

	const visit = (path: string, init: { method?: string; host?: string } = {}) =>
		new Promise<{ status: number | undefined; text: string; type: string | undefined }>((resolve, reject) => {
			const visitor = request(
				{
					port: server.port,
					host: '127.0.0.1',
					path,
					method: init.method ?? 'GET',
					agent: false,
					...(init.host ? { headers: { host: init.host } } : {}),
				},
				(response) => {
					let text = '';
					response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
					response.on('end', () =>
						resolve({ status: response.statusCode, text, type: response.headers['content-type'] }),
					);
				},
			);
			visitor.on('error', reject).end();
		});

	it('answers a request for it', async () => {
		assert.deepEqual(await visit('/metrics?x=1'), { status: 200, text: 'a 1\n', type: page.contentType });
	});

	it('refuses other paths, other methods, and requests with another host name', async () => {
		assert.equal((await visit('/')).status, 404);
		assert.equal((await visit('/metrics', { method: 'POST' })).status, 405);
		const led = await visit('/metrics', { host: 'evil.example' });
		assert.deepEqual([led.status, led.text.includes('a 1')], [403, false]);
	});

	describe('that needs a token', () => {
		const token = 'q3Yx/8s+Token-of_32~characters.==';
		let asked: string | undefined = token;
		let locked = false;
		let guarded: PageServer;
		before(async () => {
			const read = (): Promise<string | undefined> =>
				locked ? Promise.reject(new Error('locked')) : Promise.resolve(asked);
			guarded = await servePage(0, { ...page, token: read });
		});
		after(() => guarded.close());
		const get = (authorization?: string, path = '/metrics'): Promise<Response> =>
			fetch(
				`http://127.0.0.1:${guarded.port}${path}`,
				authorization === undefined ? {} : { headers: { authorization } },
			);

		it('answers requests with it, and no others', async () => {
			for (const good of [`Bearer ${token}`, `bearer  ${token}`]) {
				const answer = await get(good);
				assert.deepEqual([answer.status, await answer.text()], [200, 'a 1\n']);
			}
			const wrong = [
				`Bearer ${token}x`,
				`Bearer ${token.slice(0, -1)}`,
				'Bearer',
				'Bearer ',
				token,
				`Basic ${btoa(token)}`,
			];
			for (const authorization of [undefined, ...wrong]) {
				for (const path of ['/metrics', '/', `/metrics?token=${encodeURIComponent(token)}`]) {
					const answer = await get(authorization, path);
					assert.deepEqual([answer.status, await answer.text()], [401, 'This page asks for a token.\n']);
					const challenge = 'Bearer realm="keypool"';
					assert.equal(
						answer.headers.get('www-authenticate'),
						authorization === undefined ? challenge : `${challenge}, error="invalid_token"`,
					);
				}
			}
		});

		it('follows a change at the next request', async () => {
			asked = 'another-token-of-32-characters..';
			assert.deepEqual([(await get(`Bearer ${token}`)).status, (await get(`Bearer ${asked}`)).status], [401, 200]);
			asked = undefined;
			assert.equal((await get()).status, 200);
			asked = token;
		});

		it('answers no request while the token cannot be read', async () => {
			locked = true;
			await assert.rejects(get(`Bearer ${token}`));
			locked = false;
		});
	});

	it('reports that the port is in use', async () => {
		await assert.rejects(
			servePage(server.port, page),
			(error) => error instanceof PortError && error.reason === 'inUse',
		);
	});

	it('reports that only administrators may use the port', () => {
		const script = require.resolve('../../../support/node/unprivileged');
		const { stdout, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', script], { encoding: 'utf8' });
		assert.equal(stdout, lowestForAll() > 1 ? 'notAllowed' : 'served', stderr);
	});

	it('leaves no connection behind', async () => {
		const other = await servePage(0, page);
		const { port } = other;
		const idle = await fetch(`http://127.0.0.1:${port}/metrics`);
		await idle.text();
		await other.close();
		const again = createServer();
		await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve));
		assert.equal((again.address() as AddressInfo).port, port);
		await new Promise((resolve) => again.close(resolve));
	});
});
