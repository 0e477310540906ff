import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { invitationText } from '../../../src/team/invitation';
import { bundled } from '../../support/bundled';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { Program } from '../../support/program';

const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }] });
const ask = (url: string, token: string, more: RequestInit = {}): Promise<Response> =>
	fetch(`${url}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-goog-api-key': token },
		body,
		...more,
	});

/** The answer of a tool that the model asked for. */
const loop = {
	body: JSON.stringify({
		contents: [
			{ role: 'user', parts: [{ text: 'Add.' }] },
			{ role: 'model', parts: [{ functionCall: { name: 'add', args: { a: 1 } } }] },
			{ role: 'user', parts: [{ functionResponse: { name: 'add', response: { sum: 1 } } }] },
		],
	}),
};

/** The one that is installed here, which may be the oldest that it is to run on; these tests may run on a newer one. */
const node = process.env['npm_node_execpath'] ?? process.execPath;
/** As the program finds it: Node.js 22 has it from 22.13 on. */
const hasSqlite =
	execFileSync(node, ['-p', "require('node:module').isBuiltin('node:sqlite')"], { encoding: 'utf8' }).trim() === 'true';

describe('npm run gateway', () => {
	const made: HeadlessProgram[] = [];
	afterEach(async () => {
		await Promise.all(made.splice(0).map((one) => one.dispose()));
	});
	const create = async (...args: Parameters<typeof HeadlessProgram.create>): Promise<HeadlessProgram> => {
		const one = await HeadlessProgram.create(...args);
		one.node = node;
		made.push(one);
		return one;
	};

	it('explains itself, and says in one sentence what is wrong', async () => {
		const headless = await create({});
		assert.match(await headless.say('--help'), /token add <name>[^]*GEMINI_API_KEYS/);
		for (const [args, sentence] of [
			[['--port', 'x'], /^--port is a whole number/],
			[[], /^There is no key/],
			[['token', 'revoke', 'nobody'], /^There is no token of that name/],
			[['token', 'add', '../x'], /^A name has 1 to 40/],
			[
				['--base-url', 'http://example.com'],
				/^--base-url is refused: it must begin with https, except on this computer\.$/m,
			],
			[['--keys-file', 'none.env'], /^--keys-file cannot be read: .*[\\/]none\.env is not there\. Name a file/],
			[['--keys-file', 'package.json'], /^There is no key: the file of --keys-file sets none/],
		] as const) {
			const program = headless.run(...args);
			assert.equal(await program.ended, 1, args.join(' '));
			assert.match(program.text, sentence);
		}
	});

	it('asks for a folder where its user has no home, as one that a container has made up: none is made where it runs', async () => {
		const headless = await create({});
		// Windows has another variable.
		if (process.platform === 'win32') return;
		const at = [bundled('src/headless/main.ts'), 'token', 'add', 'ann'];
		const program = new Program(at, { ...process.env, HOME: '' }, headless.folder);
		assert.equal(await program.ended, 1);
		assert.equal(program.text, 'This user has no home folder: name another folder with --data, and files without ~.\n');
		assert.deepEqual(await readdir(headless.folder), []);
		headless.environment['HOME'] = '';
		assert.match(
			await headless.fails('--keys-file', '~/team.env'),
			/^--keys-file cannot be read: .* files without ~\.$/m,
		);
	});

	it('finds a folder or a file in one’s home as people write it: PowerShell and systemd hand the sign on as it is', async () => {
		const headless = await create({});
		// Windows has another variable.
		if (process.platform === 'win32') return;
		headless.cwd = path.join(headless.folder, 'elsewhere');
		await mkdir(headless.cwd);
		await headless.say('token', 'add', 'ann', '--data', '~/kept');
		assert.match(await readFile(path.join(headless.folder, 'kept/clients.json'), 'utf8'), /"ann"/);
		assert.deepEqual(await readdir(headless.cwd), []);
		assert.match(
			await headless.fails('--keys-file', '~/none.env'),
			/: \/.*keypool-headless-\w+\/none\.env is not there\./,
		);
	});

	it('says of keys that it has found in a file of the folder where they come from: the folder may be a stranger’s', async () => {
		const headless = await create({ a: [] });
		headless.cwd = headless.folder;
		const own = await headless.start();
		const stranger = `KEYPOOL_PAID_KEYS=sim-stranger-${'x'.repeat(20)}`;
		await writeFile(path.join(headless.folder, '.env'), `GEMINI_API_KEYS=unused\n${stranger}\n`);
		const both = await headless.start('--budget-per-day', '1');
		await both.program.until(/^1 key comes from \.env in this folder: .*$/m);
		const named = await headless.start('--keys-file', '.env', '--budget-per-day', '1');
		await named.program.until(/No tool is let in yet/);
		for (const { program } of [own, named]) assert.doesNotMatch(program.text, /in this folder/);
	});

	it('lets in whom a token was made for, while it runs, and nobody whose token was taken back', async () => {
		const headless = await create({ a: [{ when: 'always', kind: 'error', body: '429_rpm_free' }], b: [] });
		const { program, url } = await headless.start();
		assert.match(program.text, /\(2 keys\)/);
		await program.until(/No tool is let in yet/);
		// No command of an editor makes a token for this one.
		assert.match(await (await ask(url, '')).text(), /needs a token, .*; for another gateway, ask whoever runs it\./);
		const token = await headless.say('token', 'add', 'curl');
		assert.match(token, /^kp_[\w-]{43}$/);
		if (process.platform !== 'win32') {
			assert.equal((await stat(path.join(headless.data, 'clients.json'))).mode & 0o777, 0o600);
			assert.equal((await stat(headless.data)).mode & 0o777, 0o700);
		}
		let answer = await ask(url, token);
		// It looks now and then whether another process has let somebody in.
		while (answer.status === 401) answer = await ask(url, token);
		assert.equal(answer.status, 200);
		assert.match(await answer.text(), /sim-answer-/);
		assert.match(await headless.say('token', 'list'), /^\{"name":"curl",.*"keys":"any","parallel":8\}$/);
		const other = await headless.say('token', 'rotate', 'curl');
		answer = await ask(url, other);
		while (answer.status === 401) answer = await ask(url, other);
		assert.equal(answer.status, 200);
		await headless.say('token', 'revoke', 'curl');
		while ((await ask(url, other)).status !== 401);
		for (const secret of [token, other, 'sim-headless']) assert.ok(!program.text.includes(secret));
	});

	it('serves from a folder in which nothing can be made, with the tokens that are there: a team alone needs a name', async () => {
		const headless = await create({ a: [] });
		const token = await headless.say('token', 'add', 'cline');
		const name = path.join(headless.data, 'machine');
		await rm(name, { force: true });
		// Nothing of that name can be made here, for whoever runs the tests.
		await mkdir(name);
		const { url } = await headless.start();
		assert.equal((await ask(url, token)).status, 200);
	});

	it('makes no new token for one that has expired: nobody would be let in by it', async () => {
		const headless = await create();
		await headless.say('token', 'add', 'ann', '--expires-in', '30');
		const file = path.join(headless.data, 'clients.json');
		const stored = await readFile(file, 'utf8');
		await writeFile(file, stored.replace(/"expiresAt":\d+/, '"expiresAt":1000'));
		assert.match(await headless.fails('token', 'rotate', 'Ann'), /^The token of ann expired on 1970-01-01: revoke it/);
		await headless.say('token', 'revoke', 'ann');
		assert.match(await headless.say('token', 'add', 'ann', '--expires-in', '30'), /^kp_/);
		assert.match(await headless.say('token', 'rotate', 'ann'), /^kp_/);
	});

	it('says that it cannot read a token, or any, and changes none then: what it does not know would be gone', async () => {
		const headless = await create();
		const token = await headless.say('token', 'add', 'ann');
		const file = path.join(headless.data, 'clients.json');
		const whole = await readFile(file, 'utf8');
		const damages = [
			whole.slice(0, -1),
			whole.replace('"v":1', '"v":2'),
			whole.replace('"parallel":8', '"parallel":80'),
		];
		for (const damage of damages) {
			await writeFile(file, damage);
			for (const args of [['add', 'bob'], ['revoke', 'ann'], ['list']])
				assert.match(await headless.fails('token', ...args), /^Not all of .*clients\.json can be read: /);
			assert.equal(await readFile(file, 'utf8'), damage);
		}
		const { program, url } = await headless.start();
		await program.until(/^Not all of .*clients\.json can be read: /m);
		assert.doesNotMatch(program.text, /No tool is let in yet/);
		assert.equal((await ask(url, token)).status, 401);
		await writeFile(file, whole);
		while ((await ask(url, token)).status === 401);
	});

	it('says which tool was stopped, why, and what lets it go on', async () => {
		const headless = await create();
		const token = await headless.say('token', 'add', 'ann');
		const looping = await headless.start();
		let answer = await ask(looping.url, token, loop);
		while (answer.status === 200) answer = await ask(looping.url, token, loop);
		assert.equal(answer.status, 403);
		const said =
			/^Stopped: ann repeated one tool call twenty times\. It is refused until .*start once with --resume\.$/m;
		await looping.program.until(said);
		await looping.program.interrupt();
		const { program, url } = await headless.start('--resume');
		while ((await ask(url, token)).status === 403);
		assert.doesNotMatch(program.text, /^Stopped/m);
	});

	it('is paused after a sign of abuse, says what to do, and goes on once somebody has', async () => {
		const headless = await create({ a: [{ when: 'always', kind: 'error', body: '403_leaked_key' }], b: [] });
		const token = await headless.say('token', 'add', 'curl');
		const paused = await headless.start();
		await paused.program.until(/^Paused: .*start once with --resume\.$/m);
		const refused = await ask(paused.url, token);
		assert.equal(refused.status, 403);
		// A client has no key to check, and no view where it could resume.
		assert.match(await refused.text(), /paused to protect your keys\.[^"]* Ask whoever runs this gateway\."/);
		await paused.program.until(/check failed: Key 1 \(sim-…x{4}\) \(leaked\)/);
		await paused.program.interrupt();
		const { calls } = headless.service.counts;
		assert.equal(calls, 1, 'the other key is not asked about');
		// The key has been taken away, and a container has started again by itself.
		headless.environment['GEMINI_API_KEYS'] = headless.keys.split(',')[1] ?? '';
		if (hasSqlite) {
			const still = await headless.start();
			await still.program.until(/^Paused: .*--resume\.$/m);
			assert.equal((await ask(still.url, token)).status, 403);
			await still.program.interrupt();
			assert.equal(headless.service.counts.calls, calls, 'nothing was sent by itself');
		}
		const { program, url } = await headless.start('--resume');
		let answer = await ask(url, token);
		while (answer.status === 403) answer = await ask(url, token);
		assert.equal(answer.status, 200);
		assert.doesNotMatch(program.text, /^Paused/m);
	});

	it('says what of a file of keys counts for nothing, and that a file cannot be read', async () => {
		const headless = await create();
		const file = path.join(headless.folder, 'team.env');
		await writeFile(file, 'KEYPOOL_TEAM=keypool-team:x\nKEYPOOL_METRICS_TOKEN=other\n');
		// As a compose file passes on what is not set.
		headless.environment['KEYPOOL_TEAM'] = '';
		const { program } = await headless.start('--keys-file', file);
		assert.match(program.text, /^KEYPOOL_TEAM counts in the environment alone/);
		assert.doesNotMatch(program.text, /METRICS_TOKEN/);
		// Where it cannot be read for whatever reason: this test may run as somebody who can read every file.
		await mkdir(path.join(headless.folder, '.env'));
		headless.cwd = headless.folder;
		const beside = await headless.start();
		assert.match(beside.program.text, /^\.env cannot be read: \.env is a folder$/m);
	});

	it('reads no file of keys of a stranger’s folder that does not end', async () => {
		const headless = await create();
		execFileSync('mkfifo', [path.join(headless.folder, '.env')]);
		headless.cwd = headless.folder;
		const { program } = await headless.start();
		assert.match(program.text, /^\.env cannot be read: it is no file, or has more than 1 MB\.$/m);
	});

	it('says that paid keys have no budget, unless they have one', async () => {
		const headless = await create();
		const file = path.join(path.dirname(headless.data), 'paid.env');
		// As PowerShell writes it.
		await writeFile(file, `\ufeffKEYPOOL_PAID_KEYS=sim-headless-paid-${'x'.repeat(20)}`, 'utf16le');
		const { program } = await headless.start('--keys-file', file);
		await program.until(/Paid keys have no budget here/);
		const bounded = await headless.start('--keys-file', file, '--budget-per-month', '20');
		// It is the last that is said at the start.
		await bounded.program.until(/No tool is let in yet/);
		assert.doesNotMatch(bounded.program.text, /no budget/);
		await headless.say('token', 'add', 'ann', '--owner', 'Ann');
		const free = await headless.start();
		await free.program.until(/No key is of a paid project \(KEYPOOL_PAID_KEYS\): nobody answers .* such as ann/);
		assert.doesNotMatch(free.program.text, /no budget/);
		const demanded = await headless.start('--paid-only');
		await demanded.program.until(
			/No key is of a paid project \(KEYPOOL_PAID_KEYS\): with --paid-only nobody gets an answer\./,
		);
		assert.doesNotMatch(demanded.program.text, /such as ann/);
	});

	it('tells whoever runs it whether it lives and serves, and what it counted', async () => {
		const headless = await create();
		const { url } = await headless.start();
		const of = async (page: string, headers: Record<string, string> = {}): Promise<string> => {
			const answer = await fetch(url + page, { headers });
			return `${answer.status} ${await answer.text()}`;
		};
		assert.equal(await of('/healthz'), '200 ok\n');
		assert.equal(await of('/readyz'), '200 ready\n');
		assert.match(await of('/metrics'), /^401/);
		assert.match(await of('/metrics', { authorization: 'Bearer sesame' }), /gemini_available_keys 2/);
		assert.match(await of('/healthz', { origin: 'https://evil.example' }), /^403/);
	});

	it('goes on where nobody reads its log any more', async () => {
		const headless = await create();
		const token = await headless.say('token', 'add', 'curl');
		const { program, url } = await headless.start('--log', 'trace');
		assert.equal((await ask(url, token)).status, 200);
		program.deafen();
		for (let n = 0; n < 5; n++) {
			const answer = await ask(url, token);
			assert.equal(answer.status, 200);
			await answer.text();
		}
		assert.equal(await program.interrupt(), 0);
	});

	it('ends where it is told to before it serves: as the first process of a container it would hear of nothing else', async () => {
		const headless = await create();
		const silent = createServer().listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const { port } = silent.address() as AddressInfo;
		const server = { kind: 'single' as const, tls: false, nodes: [{ host: '127.0.0.1', port }] };
		const secret = 'a secret of the team, long enough';
		headless.environment['KEYPOOL_TEAM'] = invitationText({ v: 1, team: 'gateway-team', secret, server });
		const program = headless.run('--port', '0');
		const [asked] = (await once(silent, 'connection')) as [Socket];
		const code = await program.interrupt();
		asked.destroy();
		silent.close();
		assert.equal(code, 130);
	});

	it('lets answers finish when it is told to end, and says where quotas are kept', async () => {
		const headless = await create();
		const token = await headless.say('token', 'add', 'curl');
		const { program, url } = await headless.start();
		const hold = headless.service.hold();
		const answer = await ask(url, token);
		await hold.reached;
		const ended = program.interrupt();
		await program.until(/Lets 1 answer finish/);
		await assert.rejects(ask(url, token));
		hold.release();
		assert.match(await answer.text(), /"finishReason":"STOP"/);
		assert.equal(await ended, 0);
		assert.equal(/has no SQLite \(22\.13 and newer have it\).*begins budgets anew\./.test(program.text), !hasSqlite);
		if (!hasSqlite) return;
		const [record = ''] = (await readdir(path.join(headless.data, 'store'))).filter((name) => name.endsWith('.sqlite'));
		await writeFile(path.join(headless.data, 'store', record), 'no database');
		const damaged = await headless.start();
		await damaged.program.until(/^The record of quotas was damaged: it was set aside, and begins anew\.$/m);
	});
});
