import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import type { GatewayStatus } from '../../../src/gateway/gateway';
import { createPrices } from '../../../src/prices/priceList';
import { invitationText } from '../../../src/team/invitation';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { Replicas } from '../../support/gateway/replicas';
import { TeamServer } from '../../support/team/teamServer';

const questions = 6;

/** A client that tries three times, as OpenAI's does, where a connection breaks or the gateway is going. */
async function ask({ url, token }: Pick<Replicas, 'url' | 'token'>, n: number): Promise<string> {
	for (let tries = 1; ; tries++) {
		try {
			const answer = await fetch(`${url}/v1/chat/completions`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'close' },
				body: JSON.stringify({
					model: 'gemini-3.8-flash',
					messages: [{ role: 'user', content: `Question ${n} [short]` }],
				}),
			});
			const text = await answer.text();
			if (answer.status < 500) return `${answer.status} ${text}`;
		} catch (error) {
			if (tries === 3) throw error;
		}
	}
}

const readinessOf = async ({ url }: { readonly url: string }): Promise<readonly [number, string]> => {
	const answer = await fetch(`${url}/readyz`);
	return [answer.status, await answer.text()];
};

const askAll = (replicas: Replicas): Promise<readonly string[]> =>
	Promise.all(Array.from({ length: questions }, (_, n) => ask(replicas, n)));

for (const where of ['one folder', 'Valkey, on machines apart'] as const) {
	describe(`two replicas of a team’s gateway over ${where}`, () => {
		const server = new TeamServer();
		let replicas: Replicas;
		beforeEach(async () => {
			if (where === 'one folder') {
				replicas = await Replicas.open();
				return;
			}
			await server.start();
			const secret = 'a secret of the team, long enough';
			replicas = await Replicas.open(invitationText({ v: 1, team: 'gateway-team', secret, server: server.address() }));
		});
		afterEach(async () => {
			await replicas.close();
			await server.kill();
		});
		after(() => server.end());

		it('lose no client where one dies in the middle, and count together', async () => {
			const { balancer, first, second, headless } = replicas;
			const asking = askAll(replicas);
			await balancer.waitsFor(first.url);
			await first.program.crash();
			for (const answer of await asking) assert.match(answer, /^200 .*sim-answer-/s);
			const { requests } = (await replicas.statusAt(second)).today;
			// What was under way in the one that died was asked again, and both times count.
			assert.ok(requests >= questions && requests <= 2 * questions, String(requests));
			assert.ok((headless.service.counts.generation.get('answered') ?? 0) >= questions);
		});

		it('are changed one after the other, and no client asks twice', async () => {
			const { balancer, first, second } = replicas;
			const asking = askAll(replicas);
			await balancer.waitsFor(first.url);
			const ended = first.program.interrupt();
			await first.program.until(/Not ready any more/);
			for (const answer of await asking) assert.match(answer, /^200 .*sim-answer-/s);
			// The balancer has seen it: what comes now goes to the other one alone.
			await first.program.interrupt();
			assert.equal(await ended, 0);
			assert.match(await ask(replicas, questions), /^200/);
			assert.equal((await replicas.statusAt(second)).today.requests, questions + 1);
		});

		it('share their tokens: one that is taken back at one of them is good at none', async () => {
			const { headless, first, second } = replicas;
			const isGood = async ({ url }: typeof first, token: string): Promise<boolean> =>
				(await fetch(`${url}/keypool/status`, { headers: { 'x-goog-api-key': token } })).ok;
			const token = await headless.say('token', 'add', 'bo');
			for (const replica of [first, second]) while (!(await isGood(replica, token)));
			// It says why, and ends: it leaves no connection to the server open.
			assert.match(await headless.fails('token', 'add', 'BO'), /^There is a token of that name/);
			const { KEYPOOL_TEAM: team } = headless.environment;
			if (team !== undefined) {
				// Where the server is not told, its copy would bring back within a second what was taken back.
				delete headless.environment['KEYPOOL_TEAM'];
				for (const args of [['token', 'revoke', 'bo'], ['token', 'add', 'cy'], []]) {
					assert.match(await headless.fails(...args), /^The tokens in this folder are shared .* set KEYPOOL_TEAM/);
				}
				headless.environment['KEYPOOL_TEAM'] = '';
				assert.match(await headless.say('token', 'list'), /"name":"bo"/);
				headless.environment['KEYPOOL_TEAM'] = team;
			}
			await headless.say('token', 'revoke', 'bo');
			for (const replica of [first, second]) while (await isGood(replica, token));
			if (where !== 'one folder') assert.doesNotMatch(await server.dump(), /\bann\b|Ann|kp_|sim-headless|Question/);
		});
	});
}

describe('a replica whose team’s server cannot be used', () => {
	const server = new TeamServer();
	let headless: HeadlessProgram;
	before(async () => {
		await server.start(['--requirepass', 'right']);
		headless = await HeadlessProgram.create();
	});
	after(async () => {
		await headless.dispose();
		await server.end();
	});

	it('says why in one sentence, once, and answers alone, while no token is made', async () => {
		const secret = 'a secret of the team, long enough';
		const token = await headless.say('token', 'add', 'ann');
		const invitation = (password: string): string =>
			invitationText({ v: 1, team: 'gateway-team', secret, server: server.address(undefined, password) });
		headless.environment['KEYPOOL_TEAM'] = invitation('wrong');
		const sentence = /The team’s server cannot be used, and this machine goes on alone: it does not accept .*\./g;
		assert.match(
			await headless.fails('token', 'add', 'bo'),
			/: it does not accept the user or the password\.\nThe team’s server cannot be reached: until it can, no token/,
		);
		const { program, url } = await headless.start();
		assert.match(await ask({ url, token }, 1), /^200/);
		assert.equal(program.text.match(sentence)?.length, 1, program.text);
		headless.environment['KEYPOOL_TEAM'] = 'keypool-team:damaged';
		assert.match(await headless.fails(), /^KEYPOOL_TEAM holds no invitation to a team: set all of what .* copies\.\n$/);
		// A mail has broken it into lines.
		headless.environment['KEYPOOL_TEAM'] = ` ${invitation('right').replaceAll(/(.{40})/g, '$1\n ')} `;
		assert.match(await headless.say('token', 'add', 'bo'), /^kp_/);
	});

	it('is not ready where its folder is new, such as a container’s: it would let nobody in', async () => {
		const secret = 'a secret of the team, long enough';
		const invitation = { v: 1, team: 'gateway-team', secret, server: server.address(undefined, 'right') } as const;
		headless.environment['KEYPOOL_TEAM'] = invitationText(invitation);
		await headless.say('token', 'add', 'cy');
		await server.kill();
		const known = await headless.start();
		const empty = await headless.start('--data', path.join(headless.folder, 'new'));
		await empty.program.until(/^No token is known here until the team’s server can be used/m);
		assert.deepEqual(await readinessOf(empty), [503, 'no token is known yet\n']);
		assert.deepEqual(await readinessOf(known), [200, 'ready\n']);
		await server.start(['--requirepass', 'right']);
		while ((await readinessOf(empty))[0] !== 200);
	});
});

describe('a command on tokens whose team’s server is lost in its middle', () => {
	const server = new TeamServer();
	const before = path.join(server.folder, 'before');
	/** Breaks the connection at what changes the tokens. */
	const breaking = createServer((client) => {
		const behind = connect(server.socket);
		for (const socket of [client, behind]) socket.on('error', () => undefined);
		behind.pipe(client);
		client.on('data', (sent) => {
			behind.write(sent);
			if (sent.includes('gateway clients')) client.destroy();
		});
	});
	let headless: HeadlessProgram;
	beforeEach(async () => {
		await server.start();
		breaking.listen(before);
		await once(breaking, 'listening');
		headless = await HeadlessProgram.create();
	});
	afterEach(async () => {
		breaking.close();
		await headless.dispose();
		await server.end();
	});

	it('says that the change may have been made, and where to look', async () => {
		const secret = 'a secret of the team, long enough';
		const given = { ...server.address(), path: before };
		headless.environment['KEYPOOL_TEAM'] = invitationText({ v: 1, team: 'gateway-team', secret, server: given });
		assert.match(
			await headless.fails('token', 'add', 'bo'),
			/^The team’s server was lost meanwhile: it does not answer\. It may have taken the change all the same: look/m,
		);
		assert.match(await headless.say('token', 'list'), /"name":"bo"/);
	});
});

describe('two replicas on machines apart, and what a client may cost', () => {
	const server = new TeamServer();
	let headless: HeadlessProgram;
	before(async () => {
		await server.start();
		headless = await HeadlessProgram.create();
		const secret = 'a secret of the team, long enough';
		const invitation = { v: 1, team: 'gateway-team', secret, server: server.address() } as const;
		Object.assign(headless.environment, {
			...{ KEYPOOL_TEAM: invitationText(invitation), GEMINI_API_KEYS: '', KEYPOOL_PAID_KEYS: headless.keys },
		});
	});
	after(async () => {
		await headless.dispose();
		await server.end();
	});

	it('stay within it together, however many ask at once at both, and count what it was', async () => {
		const output = 10_000;
		const call = { model: 'gemini-3.8-flash', serviceTier: 'standard', at: Date.now() } as const;
		// Room for one answer at its longest, not for two, by the prices of the day.
		const max = Number((createPrices(() => ({})).maxCostOf({ input: 0, output }, call) / 650_000).toFixed(2));
		const rules = ['--owner', 'Ann', '--dollars-per-day', String(max), '--parallel', '64'];
		const token = await headless.say('token', 'add', 'ann', ...rules);
		const replicas = [await headless.start(), await headless.start('--data', path.join(headless.folder, 'elsewhere'))];
		const headers = { 'x-goog-api-key': token, 'content-type': 'application/json', 'x-keypool-max-wait-ms': '0' };
		const body = JSON.stringify({
			contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }],
			generationConfig: { maxOutputTokens: output },
		});
		const asked = (url: string): Promise<Response> =>
			fetch(`${url}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse`, { method: 'POST', headers, body });
		const spent = (): Promise<readonly number[]> =>
			Promise.all(
				replicas.map(async ({ url }) => {
					const status = (await (await fetch(`${url}/keypool/status`, { headers })).json()) as GatewayStatus;
					return status.today.dollars;
				}),
			);
		// Each is held in its middle: what it may cost is set aside until then.
		const hold = headless.service.hold();
		const answers = await Promise.all(Array.from({ length: 24 }, (_, n) => asked(replicas[n % 2]?.url ?? '')));
		const refused = await Promise.all(answers.filter(({ ok }) => !ok).map((one) => one.text()));
		const needed = Number(/it may cost \$(\d+\.\d+)/.exec(refused.join(' '))?.[1]);
		const admitted = answers.filter(({ ok }) => ok);
		assert.ok(needed < max && 2 * needed > max, String(needed));
		assert.equal(admitted.length, 1);
		for (const text of refused) assert.match(text, /KEYPOOL_BUDGET|KEYPOOL_WAITED_TOO_LONG/);
		for (const dollars of await spent()) assert.ok(dollars <= max, String(dollars));
		hold.release();
		for (const one of admitted) assert.match(await one.text(), /"finishReason":"STOP"/);
		// Both tell the same once the last has settled: far less than what was set aside.
		let both = await spent();
		while (both[0] !== both[1] || (both[0] ?? max) >= needed) both = await spent();
		assert.ok((both[0] ?? 0) > 0);
	});

	it('tell alike how a client stands that has asked one of them alone', async () => {
		const token = await headless.say('token', 'add', 'bo', '--owner', 'Bo', '--requests-per-day', '9');
		const [here, there] = [await headless.start(), await headless.start('--data', path.join(headless.folder, 'third'))];
		for (let n = 0; n < 2; n++) assert.match(await ask({ url: here.url, token }, n), /^200/);
		const told = async ({ url }: typeof here): Promise<readonly [number, number]> => {
			const answer = await fetch(`${url}/keypool/status`, { headers: { 'x-goog-api-key': token } });
			const { requests, dollars } = ((await answer.json()) as GatewayStatus).today;
			return [requests, dollars];
		};
		// Until what the last one was held for has settled.
		let known = await told(here);
		while (known[1] === 0 || known[1] > 0.01) known = await told(here);
		assert.equal(known[0], 2);
		assert.deepEqual(await told(there), known);
	});
});
