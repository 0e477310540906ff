import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import type { BucketId, KeyId, LeaseId, ProjectId } from '../../../src/pool/pool';
import { admit } from '../../../src/pool/quota/lease';
import type { TeamTrouble } from '../../../src/team/link/link';
import { TeamStore } from '../../../src/team/teamStore';
import { keysOf } from '../../../src/team/valkey/script';
import { parseAddress, type TeamServer } from '../../../src/team/valkey/server';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { makeCertificates } from '../../support/team/certificates';
import { plain, PortServers } from '../../support/team/portServers';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const key = 'a' as KeyId;
const bucket = 'p/m' as BucketId;
const keys = [{ id: key, project: 'p' as ProjectId, secret: 'sim-a' }];
/** The store's own waits are shorter here: it looks for a server that is away twenty times as often. */
const quick = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 20, run) };

function addressOf(text: string): TeamServer {
	const server = parseAddress(text);
	assert.ok(server, text);
	return server;
}

/** The line that limits a user to one team, as docs/TEAM.md has it. */
function aclLine(team: string): readonly string[] {
	const docs = readFileSync(path.resolve(__dirname, '../../../docs/TEAM.md'), 'utf8');
	const line = /^ACL SETUSER .*$/m.exec(docs)?.[0] ?? '';
	return line.replaceAll('TEAM', team).replace('PASSWORD', 'right').split(' ').slice(1);
}

describe('a team on', () => {
	let servers: PortServers;
	let stores: TeamStore[];
	beforeEach(() => {
		servers = new PortServers();
		stores = [];
	});
	afterEach(async () => {
		for (const store of stores) await store.close();
		await servers.end();
	});

	/** A machine of the team, and what is wrong at first. */
	const join = (server: TeamServer, team: string) => {
		const machine = randomUUID();
		const told: { store?: TeamStore } = {};
		const trouble = new Promise<TeamTrouble | undefined>((resolve) => {
			const store = new TeamStore({
				...{ machine: new InMemoryStore(systemClock), clock: quick, random: Math.random, scope: 'people' },
				...{ hmac: hmacSha256('sim-team'), newId: randomUUID },
				open: valkeyLink({ server, team, machine, newId: randomUUID, clock: systemClock }),
				onTrouble: resolve,
				onOnline: () => resolve(undefined),
				onError: (error) => assert.fail(String(error)),
			});
			store.setKeys(keys);
			stores.push(store);
			told.store = store;
		});
		return { ...told, trouble };
	};
	const troubleOf = (server: TeamServer, team: string): Promise<TeamTrouble | undefined> => join(server, team).trouble;
	/** Resolves when it is online, which may take more than one look. */
	const joined = async (server: TeamServer, team: string): Promise<TeamStore> => {
		const { store } = join(server, team);
		assert.ok(store);
		await shows(store, () => store.isOnline);
		return store;
	};
	/** Sends a request, and answers how many were sent today. */
	const send = (store: TeamStore): Promise<number> =>
		store.transact((tx, now) => {
			const lease = `${randomUUID()}.1` as LeaseId;
			const request = {
				lease,
				holder: 'w',
				leaseMs: 60_000,
				mayTest: false,
				likely: 1,
				atMost: 1,
				userLimits: { rpm: 1_000 },
			};
			const admitted = admit(tx.bucket(bucket), request, now);
			assert.ok('next' in admitted);
			tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
			return admitted.next.day.requests;
		});
	/** Resolves when it is so, which another machine's write makes it. */
	const shows = (store: TeamStore, isSo: () => boolean): Promise<void> =>
		new Promise((resolve) => {
			const look = (): void => {
				if (!isSo()) return;
				off();
				resolve();
			};
			const off = store.onDidChange(look);
			look();
		});
	const sentIn = (store: TeamStore): number | undefined => store.replica().bucket.get(bucket)?.day.requests;

	/** The slot of this key is about to go to another node of the cluster: as long as no key of it exists, neither takes a script. */
	const beginMoving = async (ports: readonly number[], name: string): Promise<void> => {
		const ids = await Promise.all(ports.map((port) => servers.ask(port, (client) => client.cluster('MYID'))));
		for (const [at, port] of ports.entries()) {
			const next = (at + 1) % ports.length;
			const [id, nextId = ''] = [ids[at] ?? '', ids[next]];
			const moving = await servers.ask(port, async (client) => {
				const slot = await client.cluster('KEYSLOT', name);
				return client.cluster('SETSLOT', slot, 'MIGRATING', nextId).then(
					() => slot,
					() => undefined,
				);
			});
			if (moving === undefined) continue;
			await servers.ask(ports[next] ?? 0, (client) => client.cluster('SETSLOT', moving, 'IMPORTING', id));
		}
	};

	it('a server with TLS, an authority of its own, a user and the rights that docs/TEAM.md names', async () => {
		const team = randomUUID();
		const [own, other] = ['own', 'other'].map((name) => makeCertificates(servers.folder, name));
		assert.ok(own && other);
		const port = await servers.start((folder, tlsPort) => [
			...plain(folder),
			...['--port', '0', '--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
			...['--tls-cert-file', own.certificateFile, '--tls-key-file', own.keyFile],
			...['--tls-ca-cert-file', own.authorityFile],
		]);
		await servers.ask(
			port,
			async (client) => {
				await client.call('ACL', ...aclLine(team));
				await client.call('ACL', 'SETUSER', 'default', 'off');
			},
			{ tls: { ca: own.authority } },
		);
		const server = addressOf(`valkeys://keypool:right@localhost:${port}`);
		const trusted = { ...server, authorities: own.authority };
		assert.equal(await troubleOf(server, team), 'certificate', 'an authority that nobody knows');
		// `Create a Team…` asks for the authority where it hears this, and tells whoever hears anything else to look elsewhere.
		for (const at of [`cluster+valkeys://localhost:${port}`, `sentinel+valkeys://localhost:${port}/main`]) {
			assert.equal(await troubleOf(addressOf(at), team), 'certificate', at);
		}
		assert.equal(
			await troubleOf({ ...server, authorities: other.authority }, team),
			'certificate',
			'another authority',
		);
		const elsewhere = { ...trusted, nodes: [{ host: '127.0.0.1', port }] };
		assert.equal(await troubleOf(elsewhere, team), 'certificate', 'a certificate for another name');
		assert.equal(await troubleOf({ ...trusted, tls: false }, team), 'unreachable', 'without TLS');
		assert.equal(await troubleOf({ ...trusted, password: 'wrong' }, team), 'wrongPassword');
		assert.equal(await troubleOf(trusted, randomUUID()), 'noRights', 'another team');
		const [one, two] = [await joined(trusted, team), await joined(trusted, team)];
		assert.equal(await send(one), 1);
		await shows(two, () => sentIn(two) === 1);
		assert.equal(await send(two), 2);
	});

	it('a server, until the link is closed: at once, and once more when its connections end, no timer of it is left', async () => {
		const port = await servers.start((folder, own) => [...plain(folder), '--port', String(own)]);
		const server = addressOf(`valkey://127.0.0.1:${port}`);
		// Each keeps a command on tokens, or a gateway that has been stopped, from its end.
		const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
		const before = timers();
		const open = valkeyLink({ server, team: randomUUID(), machine: 'm', newId: randomUUID, clock: systemClock });
		let connections = 2;
		const ended = new EventEmitter();
		const onLost = (): void => {
			link.close();
			if (--connections === 0) ended.emit('both');
		};
		const link = await open({ onHint: () => undefined, onLost });
		const both = once(ended, 'both');
		link.close();
		await both;
		assert.equal(timers(), before);
	});

	it('a primary that dies, whose replica the sentinel makes the primary: nothing is lost', async function () {
		this.timeout(60_000);
		const team = randomUUID();
		const start = (...more: readonly string[]): Promise<number> =>
			servers.start((folder, port) => [...plain(folder), '--port', String(port), ...more]);
		const primary = await start();
		const replica = await start('--replicaof', '127.0.0.1', String(primary));
		const sentinel = await servers.start((folder, port) => {
			const file = path.join(folder, 'sentinel.conf');
			const lines = [
				...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'protected-mode no'],
				`sentinel monitor main 127.0.0.1 ${primary} 1`,
				...['sentinel down-after-milliseconds main 1000', 'sentinel failover-timeout main 2000'],
			];
			writeFileSync(file, lines.join('\n'));
			return [file, '--sentinel'];
		});
		const server = addressOf(`sentinel+valkey://127.0.0.1:${sentinel}/main`);
		assert.equal(await troubleOf(addressOf(`valkey://127.0.0.1:${sentinel}`), team), 'otherKind');
		const [one, two] = [await joined(server, team), await joined(server, team)];
		assert.deepEqual([await send(one), await send(two)], [1, 2]);
		// The replica has everything: WAIT asks for what its own connection wrote, and for all before it. The sentinel knows it.
		await servers.ask(primary, async (client) => {
			await client.set('probe', 'last');
			assert.equal(await client.wait(1, 30_000), 1);
		});
		await servers.ask(sentinel, async (client) => {
			while (((await client.call('SENTINEL', 'REPLICAS', 'main')) as unknown[]).length === 0);
		});
		await servers.kill(primary);
		await shows(one, () => !one.isOnline);
		await send(one);
		await shows(one, () => one.isOnline);
		await shows(two, () => two.isOnline && sentIn(two) === 3);
		assert.equal(await send(two), 4);
		await shows(one, () => sentIn(one) === 4);
		const role = await servers.ask(replica, (client) => client.call('ROLE'));
		assert.equal((role as unknown[])[0], 'master');
		await servers.ask(sentinel, (client) => client.call('ACL', 'SETUSER', 'default', 'resetpass', '>x'));
		assert.equal(await troubleOf(server, team), 'wrongPassword', 'a sentinel that lets nobody in without one');
	});

	it('sentinels, the first of which takes connections and says nothing: the next one is asked', async () => {
		const silent = createServer((peer) => peer.on('error', () => undefined));
		silent.listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const { port: silentPort } = silent.address() as AddressInfo;
		try {
			const primary = await servers.start((folder, port) => [...plain(folder), '--port', String(port)]);
			const sentinel = await servers.start((folder, port) => {
				const file = path.join(folder, 'sentinel.conf');
				const lines = [`port ${port}`, 'bind 127.0.0.1', 'protected-mode no'];
				writeFileSync(file, [...lines, `sentinel monitor main 127.0.0.1 ${primary} 1`].join('\n'));
				return [file, '--sentinel'];
			});
			const hosts = `127.0.0.1:${silentPort},127.0.0.1:${sentinel}`;
			assert.equal(await troubleOf(addressOf(`sentinel+valkey://${hosts}/main`), randomUUID()), undefined);
			const misspelt = addressOf(`sentinel+valkey://127.0.0.1:${sentinel}/mian`);
			assert.equal(await troubleOf(misspelt, randomUUID()), 'otherPrimary');
		} finally {
			silent.close();
		}
	});

	it('a primary that is a replica by now, which its sentinel has not seen yet: it would take no write', async () => {
		const team = randomUUID();
		const start = (...more: readonly string[]): Promise<number> =>
			servers.start((folder, port) => [...plain(folder), '--port', String(port), ...more]);
		const primary = await start();
		const replica = await start('--replicaof', '127.0.0.1', String(primary));
		const one = await joined(addressOf(`valkey://127.0.0.1:${primary}`), team);
		await send(one);
		await servers.ask(primary, async (client) => {
			await client.set('probe', 'last');
			assert.equal(await client.wait(1, 30_000), 1);
		});
		const sentinel = await servers.start((folder, port) => {
			const file = path.join(folder, 'sentinel.conf');
			const lines = [
				...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'protected-mode no'],
				...[`sentinel monitor main 127.0.0.1 ${replica} 1`, 'sentinel down-after-milliseconds main 60000'],
			];
			writeFileSync(file, lines.join('\n'));
			return [file, '--sentinel'];
		});
		const server = addressOf(`sentinel+valkey://127.0.0.1:${sentinel}/main`);
		const open = valkeyLink({ server, team, machine: 'm', newId: randomUUID, clock: systemClock });
		await assert.rejects(open({ onHint: () => undefined, onLost: () => undefined }), { trouble: 'readOnly' });
	});

	it('a cluster of three, which keeps all of a team on one node', async function () {
		this.timeout(60_000);
		const team = randomUUID();
		const start = (): Promise<number> =>
			servers.start((folder, port, bus) => [
				...plain(folder),
				...['--port', String(port), '--cluster-enabled', 'yes', '--cluster-port', String(bus)],
			]);
		const ports = [await start(), await start(), await start()];
		const nodes = ports.map((port) => `127.0.0.1:${port}`);
		await promisify(execFile)('valkey-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
		for (const port of ports) {
			await servers.ask(port, async (client) => {
				await client.call('ACL', ...aclLine(team), '+cluster|slots');
			});
		}
		const server = addressOf(`cluster+valkey://keypool:right@${nodes.join(',')}`);
		const [one, two] = [await joined(server, team), await joined(server, team)];
		assert.equal(await send(one), 1);
		await shows(two, () => sentIn(two) === 1);
		assert.equal(await send(two), 2);
		const held = await Promise.all(ports.map((port) => servers.ask(port, (client) => client.keys('kp:*'))));
		assert.deepEqual(held.map((names) => names.length).sort(), [0, 0, keysOf(team).length]);
		const alone = [];
		for (const node of nodes) alone.push(await troubleOf(addressOf(`valkey://keypool:right@${node}`), team));
		assert.deepEqual(alone.sort(), ['otherKind', 'otherKind', undefined], 'all but the node that holds the team');
		const [another, anyone] = [randomUUID(), addressOf(`cluster+valkey://${nodes.join(',')}`)];
		await beginMoving(ports, keysOf(another)[0] ?? '');
		assert.equal(await troubleOf(anyone, another), 'loading', 'a slot that is on its way to another node');
		// Its node is gone, and with it the team; the pool goes on.
		const home = held.findIndex((names) => names.length > 0);
		await servers.kill(ports[home] ?? 0);
		await send(one);
		assert.equal(one.isOnline, false);
		for (const port of ports.filter((_, at) => at !== home)) {
			await servers.ask(port, async (client) => client.cluster('DELSLOTS', await client.cluster('KEYSLOT', another)));
		}
		assert.equal(await troubleOf(anyone, another), 'loading', 'a cluster that is down');
	});
});
