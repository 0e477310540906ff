import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { mock } from 'node:test';
import { systemClock } from '../../../src/node/systemClock';
import type { StateStore, KeyId } from '../../../src/pool/pool';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import type { TeamServer as Address } from '../../../src/team/valkey/server';
import { keysOf, lifetimeMs } from '../../../src/team/valkey/script';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { TeamServer } from '../../support/team/teamServer';
import { TeamWindows } from '../../support/team/teamWindows';

const key = 'a' as KeyId;

const count = (store: StateStore): Promise<number> =>
	store.transact((tx) => {
		const doc = { ...tx.key(key), score: tx.key(key).score - 1 };
		tx.put({ kind: 'key', id: key, doc });
		return doc.score;
	});

const countOf = (pattern: RegExp, text: string): number => [...text.matchAll(pattern)].length;

describe('what can be wrong with a team’s server', () => {
	let server: TeamServer;
	beforeEach(async () => {
		server = new TeamServer();
		await server.start();
	});
	afterEach(() => server.end());

	const opened = (address: Address, team: string = randomUUID()): Promise<TeamLink> =>
		valkeyLink({ server: address, team, machine: 'm', newId: randomUUID, clock: systemClock })({
			onHint: () => undefined,
			onLost: () => undefined,
		});

	/** The trouble that opening, reading and writing meet. */
	const troubleOf = async (address: Address, team?: string): Promise<string> => {
		try {
			const link = await opened(address, team);
			try {
				const { store } = await link.read(undefined, -1);
				await link.commit({ id: randomUUID(), store, reads: new Map(), writes: [{ name: 'model m', body: '{}' }] });
				return 'none';
			} finally {
				link.close();
			}
		} catch (error) {
			assert.ok(error instanceof TeamError, String(error));
			return error.trouble;
		}
	};

	it('nothing', async () => {
		assert.equal(await troubleOf(server.address()), 'none');
	});

	it('what is stored goes eight days after the last commit, whatever it is', async () => {
		const team = randomUUID();
		assert.equal(await troubleOf(server.address(), team), 'none');
		const left = await server.ask((client) => Promise.all(keysOf(team).map((name) => client.pttl(name))));
		assert.equal(left.length, 5);
		assert.ok(
			left.every((ms) => ms > lifetimeMs - 60_000 && ms <= lifetimeMs),
			left.join(' '),
		);
	});

	it('and so does what is stored of a machine that has only read', async () => {
		const team = randomUUID();
		const link = await opened(server.address(), team);
		await link.read(undefined, -1);
		link.close();
		const left = await server.ask(async (client) =>
			Promise.all((await client.keys('*')).map(async (name) => [name, (await client.pttl(name)) > 0] as const)),
		);
		assert.deepEqual(
			left.map(([, isBound]) => isBound),
			[true, true],
			left.join(' '),
		);
	});

	it('a wrong password, no password, an unknown user', async () => {
		await server.ask((client) => client.call('ACL', 'SETUSER', 'someone', 'on', '>right', '~*', '&*', '+@all'));
		assert.equal(await troubleOf(server.address('someone', 'wrong')), 'wrongPassword');
		assert.equal(await troubleOf(server.address('nobody', 'right')), 'wrongPassword');
		assert.equal(await troubleOf(server.address('someone', 'right')), 'none');
		await server.ask((client) => client.call('CONFIG', 'SET', 'requirepass', 'x'));
		assert.equal(await troubleOf(server.address()), 'wrongPassword');
	});

	it('rights: the line of docs/TEAM.md is enough for one team, and reaches no other', async () => {
		const docs = readFileSync(path.resolve(__dirname, '../../../docs/TEAM.md'), 'utf8');
		const line = /^ACL SETUSER .*$/m.exec(docs)?.[0] ?? '';
		const allow = (name: string): Promise<unknown> => {
			const words = line.replaceAll('TEAM', name).replace('PASSWORD', 'right').split(' ').slice(1);
			return server.ask((client) => client.call('ACL', ...words));
		};
		await allow('*');
		assert.equal(await troubleOf(server.address('keypool', 'right'), 'any-team'), 'none');
		await allow('team-one');
		assert.equal(await troubleOf(server.address('keypool', 'right'), 'team-one'), 'none');
		assert.equal(await troubleOf(server.address('keypool', 'right'), 'team-two'), 'noRights');
		// Each look for the server would put a line of the client's into the log of a gateway.
		const warned = mock.method(console, 'warn', () => undefined);
		for (const right of ['hset', 'info']) {
			await server.ask((client) => client.call('ACL', 'SETUSER', 'keypool', `-${right}`));
			assert.equal(await troubleOf(server.address('keypool', 'right'), 'team-one'), 'noRights', right);
		}
		warned.mock.restore();
		assert.equal(warned.mock.callCount(), 0);
	});

	it('many at work: a commit whose reply was lost is known to have happened, and no other one for ever', async () => {
		const team = randomUUID();
		const link = await opened(server.address(), team);
		try {
			const { store } = await link.read(undefined, -1);
			let heard: readonly string[] = [];
			const commit = (id: string) =>
				link.commit({ id, heard, store, reads: new Map(), writes: [{ name: 'model m', body: '{}' }] });
			await commit('lost');
			for (let n = 0; n < 2_500; n += 100) {
				const ids = Array.from({ length: 100 }, (_, one) => `other-${n + one}`);
				await Promise.all(ids.map(commit));
				heard = ids;
			}
			assert.equal(await link.hasCommitted('lost'), true);
			const [, , , , done = ''] = keysOf(team);
			await commit('later');
			assert.deepEqual(await server.ask((client) => client.zrange(done, 0, -1)), ['lost', 'later']);
		} finally {
			link.close();
		}
	});

	it('a replica, which takes no writes', async () => {
		await server.ask((client) => client.call('REPLICAOF', '127.0.0.1', '1'));
		assert.equal(await troubleOf(server.address()), 'readOnly');
	});

	it('memory that is full, and memory that is freed by dropping what a team needs', async () => {
		await server.ask((client) => client.call('CONFIG', 'SET', 'maxmemory', '1'));
		assert.equal(await troubleOf(server.address()), 'full');
		await server.ask((client) => client.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'));
		assert.equal(await troubleOf(server.address()), 'evicts');
	});

	it('another schema, and keys that are something else', async () => {
		const team = randomUUID();
		const [head = ''] = keysOf(team);
		await server.ask((client) => client.hset(head, 'schema', '99', 'store', 'x'));
		assert.equal(await troubleOf(server.address(), team), 'otherSchema');
		const other = randomUUID();
		await server.ask((client) => client.set(keysOf(other)[0] ?? '', 'a text'));
		assert.equal(await troubleOf(server.address(), other), 'otherSchema');
	});

	it('nobody there, and somebody who does not answer', async () => {
		assert.equal(await troubleOf({ ...server.address(), path: `${server.socket}-none` }), 'unreachable');
		const link = await opened(server.address());
		server.signal('SIGSTOP');
		const began = performance.now();
		await assert.rejects(link.read(undefined, -1), (error: TeamError) => error.trouble === 'unreachable');
		assert.ok(performance.now() - began < 5_000, 'a step knows soon that the server is away');
		server.signal('SIGCONT');
		link.close();
	});

	it('whoever has not been let in in time leaves no connection open', async () => {
		const late = { after: (_: number, run: () => void) => (run(), () => undefined) };
		const open = valkeyLink({ server: server.address(), team: 't', machine: 'm', newId: randomUUID, clock: late });
		await assert.rejects(open({ onHint: () => undefined, onLost: () => undefined }), /unreachable/);
		for (let asked = 0; asked < 20; asked++) await server.ask((client) => client.ping());
		const others = await server.ask((client) => client.call('CLIENT', 'LIST'));
		assert.equal(String(others).trim().split('\n').length, 1, String(others));
	});

	it('an old server, and one that is loading', async () => {
		const socket = path.join(server.folder, 'old');
		let said = 'redis_version:5.0.9\r\n';
		const old = createServer((peer) => {
			peer.on('error', () => undefined);
			peer.on('data', (data) => {
				for (let n = countOf(/info\r\n/gi, String(data)); n > 0; n--) peer.write(`$${said.length}\r\n${said}\r\n`);
				for (let n = countOf(/evalsha\r\n/gi, String(data)); n > 0; n--)
					peer.write('-LOADING Redis is loading the dataset in memory\r\n');
				for (let n = countOf(/subscribe\r\n/gi, String(data)); n > 0; n--)
					peer.write('*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n');
			});
		});
		await new Promise<void>((resolve) => void old.listen(socket, resolve));
		try {
			assert.equal(await troubleOf({ ...server.address(), path: socket }), 'oldServer');
			said = 'redis_version:7.0.0\r\nmaxmemory:0\r\nloading:1\r\nloading_eta_seconds:9\r\n';
			assert.equal(await troubleOf({ ...server.address(), path: socket }), 'loading', 'as it says itself');
			said = 'redis_version:7.0.0\r\nmaxmemory:0\r\n';
			assert.equal(await troubleOf({ ...server.address(), path: socket }), 'loading');
		} finally {
			old.close();
		}
	});

	it('a clock that is minutes off: said once, and the pool goes on alone', async () => {
		const windows = new TeamWindows(server);
		const late = (link: TeamLink): TeamLink => ({
			...link,
			read: async (store, since) => ({ ...(await link.read(store, since)), time: windows.wall() + 600_000 }),
		});
		const store = windows.openMachine({ tamper: late });
		assert.equal(await windows.until(count(store)), 99);
		assert.deepEqual(windows.troubles, ['clockOff']);
		assert.equal(store.now(), windows.wall());
		await windows.close();
	});

	for (const trouble of ['readOnly', 'full', 'noRights', 'loading', 'unreachable'] as const) {
		it(`${trouble} in the middle: the step is done alone, once, and told later`, async () => {
			const windows = new TeamWindows(server);
			let isBroken = false;
			const breaking = (link: TeamLink): TeamLink => ({
				...link,
				commit: (commit) => (isBroken ? Promise.reject(new TeamError(trouble)) : link.commit(commit)),
			});
			const one = windows.openMachine({ tamper: breaking });
			const two = windows.openMachine();
			assert.deepEqual([await windows.until(count(one)), await windows.until(count(two))], [99, 98]);
			await windows.spread();
			isBroken = true;
			assert.equal(await windows.until(count(one)), 97);
			assert.deepEqual([one.isOnline, windows.troubles], [false, [trouble]]);
			isBroken = false;
			await windows.eventually(() => one.isOnline, 500);
			await windows.spread();
			assert.equal(two.replica().key.get(key)?.score, 97);
			await windows.close();
		});
	}
});
