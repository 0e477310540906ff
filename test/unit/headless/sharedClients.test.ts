import assert from 'node:assert/strict';
import { isSharedCopy, SharedClients } from '../../../src/headless/sharedClients';
import { sealWith } from '../../../src/node/seal';
import {
	TeamError,
	type TeamCommit,
	type TeamLink,
	type TeamLinkEvents,
	type TeamReply,
} from '../../../src/team/link/link';
import { memoryClients } from '../../support/gateway/gatewayRig';
import { VirtualClock } from '../../support/virtualClock';

/** A team's server: one document, versions, and what can become of it. */
class Server {
	isAway = false;
	store = 'store-1';
	rev = 0;
	/** ms since it has this store. */
	age = 60_000;
	row: { version: string; body: string } | undefined;
	/** Links that have been opened and not closed yet, each with what tells that it is lost. */
	readonly links = new Set<() => void>();
	/** Runs before the next commit. */
	before: (() => Promise<void>) | undefined;
	commits = 0;

	readonly open = async (events: TeamLinkEvents): Promise<TeamLink> => {
		await Promise.resolve();
		this.reach();
		const lose = (): void => events.onLost(new TeamError('unreachable'));
		this.links.add(lose);
		return {
			read: async (store, since) => {
				await Promise.resolve();
				this.reach();
				const isComplete = store !== this.store;
				const isNews = this.row && (isComplete || Number(this.row.version) > since);
				return this.reply('ok', isComplete, isNews ? [{ name: 'gateway clients', ...this.row }] : []);
			},
			commit: async (commit) => {
				const { before } = this;
				this.before = undefined;
				await before?.();
				return this.commit(commit);
			},
			hasCommitted: () => Promise.resolve(false),
			close: () => void this.links.delete(lose),
		};
	};

	/** It has lost everything, and says so by another name. */
	flush(): void {
		this.row = undefined;
		this.rev = 0;
		this.age = 0;
		this.store = 'store-2';
	}

	private commit({ store, reads, writes }: TeamCommit): TeamReply {
		this.reach();
		if (store !== this.store) return this.reply('other', false, []);
		if ([...reads.values()][0]?.version !== (this.row?.version ?? '0')) return this.reply('conflict', false, []);
		this.commits++;
		this.row = { version: String(++this.rev), body: writes[0]?.body ?? '' };
		return this.reply('ok', false, []);
	}

	private reach(): void {
		if (this.isAway) throw new TeamError('unreachable');
	}

	private reply(status: TeamReply['status'], isComplete: boolean, rows: readonly unknown[]): TeamReply {
		const { store, rev, age } = this;
		return { status, store, rev, isComplete, rows, time: age, machines: 1, since: 0 } as unknown as TeamReply;
	}
}

function replica(server: Server, clock = new VirtualClock(), copy = memoryClients(), team = 'a-team') {
	const errors: unknown[] = [];
	let ids = 0;
	const clients = new SharedClients({
		...{ team, open: server.open, copy, clock, newId: () => `commit-${++ids}` },
		seal: sealWith('a secret of the team', 'gateway clients'),
		onError: (error) => errors.push(error),
		onReached: () => errors.push('reached'),
	});
	return { clients, copy, errors, clock };
}

const adds = (name: string) => (stored: string | undefined) => {
	const { clients } = JSON.parse(stored ?? '{"clients":[]}') as { clients: string[] };
	return JSON.stringify({ v: 1, clients: [...clients, name] });
};
const namesIn = (text: string | undefined): readonly string[] =>
	(JSON.parse(text ?? '{"clients":[]}') as { clients: string[] }).clients;

describe('the clients of several replicas', () => {
	it('are the same on each machine, and nobody’s change is lost', async () => {
		const server = new Server();
		const [a, b] = [replica(server), replica(server)];
		server.before = () => b.clients.update(adds('from b'));
		await a.clients.update(adds('from a'));
		assert.deepEqual(namesIn(await a.clients.read()), ['from b', 'from a']);
		await b.clients.load();
		assert.deepEqual(namesIn(await b.clients.read()), ['from b', 'from a']);
	});

	it('come to the others by themselves, and each hears so', async () => {
		const server = new Server();
		const [a, b] = [replica(server), replica(server)];
		let heard = 0;
		b.clients.onDidChange(() => heard++);
		b.clients.follow();
		await a.clients.update(adds('ann'));
		await b.clock.advance(1_000);
		assert.deepEqual([namesIn(await b.clients.read()), heard], [['ann'], 1]);
		await b.clock.advance(10_000);
		assert.equal(heard, 1, 'nothing has changed since');
		b.clients.dispose();
	});

	it('are taken back where the disk of a machine is full as well, and kept there once it has room', async () => {
		const server = new Server();
		const copy = memoryClients();
		const [a, b] = [replica(server), replica(server, new VirtualClock(), copy)];
		let [heard, isFull] = [0, false];
		const update = copy.update.bind(copy);
		copy.update = (change) => (isFull ? Promise.reject(new Error('no space left')) : update(change));
		b.clients.onDidChange(() => heard++);
		await a.clients.update(adds('ann'));
		await b.clients.load();
		isFull = true;
		await a.clients.update((stored) => JSON.stringify({ ...(JSON.parse(stored ?? '') as object), clients: [] }));
		b.clients.follow();
		await b.clock.advance(5_000);
		assert.deepEqual([namesIn(await b.clients.read()), heard], [[], 2]);
		assert.deepEqual(b.errors.map(String), ['Error: no space left'], 'it is said once');
		isFull = false;
		await b.clock.advance(1_000);
		assert.deepEqual(namesIn(copy.text), []);
		b.clients.dispose();
	});

	it('are known as they are from the moment at which the disk has room again', async () => {
		const server = new Server();
		const copy = memoryClients();
		const [a, b] = [replica(server), replica(server, new VirtualClock(), copy)];
		let isFull = true;
		const update = copy.update.bind(copy);
		copy.update = (change) => (isFull ? Promise.reject(new Error('no space left')) : update(change));
		const heard: (readonly string[])[] = [];
		b.clients.onDidChange(() => void b.clients.read().then((text) => heard.push(namesIn(text))));
		await a.clients.update(adds('ann'));
		await b.clients.load();
		isFull = false;
		await a.clients.update((stored) => JSON.stringify({ ...(JSON.parse(stored ?? '') as object), clients: [] }));
		await b.clients.load();
		assert.deepEqual(heard, [['ann'], []], 'a token that was taken back would be good until the next change');
	});

	it('are looked for on and on where neither the server nor the copy can be read', async () => {
		const server = new Server();
		const copy = memoryClients();
		copy.read = () => Promise.reject(new Error('too many open files'));
		const { clients } = replica(server, undefined, copy);
		server.isAway = true;
		assert.deepEqual([await clients.load(), clients.isKnown], [false, false]);
	});

	it('are sealed: who reads the server learns no name and no hash', async () => {
		const server = new Server();
		// Three letters stand in one of two thousand such texts by chance.
		await replica(server).clients.update(adds('ann of the team'));
		assert.ok(server.row);
		const said = server.row.body + Buffer.from(server.row.body, 'base64url').toString('latin1');
		assert.doesNotMatch(said, /ann of the team|clients/);
		const other = sealWith('another secret', 'gateway clients');
		assert.equal(other.open(server.row.body), undefined);
		assert.equal(sealWith('a secret of the team', 'something else').open(server.row.body), undefined);
	});

	it('hold while the server is away, and are not changed then', async () => {
		const server = new Server();
		const { clients, errors } = replica(server);
		await clients.update(adds('ann'));
		server.isAway = true;
		await assert.rejects(clients.update(adds('bo')), TeamError);
		for (let tries = 0; tries < 3; tries++) assert.equal(await clients.load(), false);
		assert.equal(errors.length, 1, 'said once, although it looks every second');
		assert.deepEqual(namesIn(await clients.read()), ['ann']);
		server.isAway = false;
		await clients.update(adds('bo'));
		assert.deepEqual(namesIn(await clients.read()), ['ann', 'bo']);
		assert.equal(await clients.load(), true);
		assert.deepEqual(errors.slice(1), ['reached']);
	});

	it('are given back to a server that has lost everything, by whoever knows the latest', async () => {
		const server = new Server();
		const [a, b] = [replica(server), replica(server)];
		await a.clients.update(adds('ann'));
		await b.clients.load();
		await a.clients.update((stored) => JSON.stringify({ ...(JSON.parse(stored ?? '{}') as object), clients: [] }));
		server.flush();
		// The one that has not heard that ann was taken back comes first.
		await b.clients.load();
		await a.clients.load();
		await b.clients.load();
		for (const { clients } of [a, b]) assert.deepEqual(namesIn(await clients.read()), []);
	});

	it('are given back before a command changes them, which knows less than a replica does', async () => {
		const server = new Server();
		const [running, command] = [replica(server), replica(server)];
		await command.clients.update(adds('ann'));
		await running.clients.load();
		await running.clients.update(adds('bo'));
		running.clients.follow();
		server.flush();
		let isReady = false;
		const gathered = command.clients.gather().then((isReached) => (isReady = isReached));
		await running.clock.advance(1_500);
		server.age = 1_500;
		assert.equal(isReady, false, 'not all are back yet');
		await command.clock.advance(5_000);
		assert.equal(await gathered, true);
		await command.clients.update(adds('cy'));
		await running.clients.load();
		for (const { copy } of [command, running]) assert.deepEqual(namesIn(copy.text), ['ann', 'bo', 'cy']);
		running.clients.dispose();
		server.isAway = true;
		assert.equal(await command.clients.gather(), false);
	});

	it('have one connection, although the end of one is told when the next is there, and none after the end', async () => {
		const server = new Server();
		const { clients, errors } = replica(server);
		await clients.load();
		const [lost] = server.links;
		server.isAway = true;
		await clients.load();
		server.isAway = false;
		await clients.load();
		assert.equal(server.links.size, 1);
		// The socket of the first one has closed by now.
		lost?.();
		await clients.load();
		assert.equal(server.links.size, 1);
		const last = clients.load();
		clients.dispose();
		await last;
		await clients.load();
		await Promise.resolve();
		assert.equal(server.links.size, 0);
		assert.deepEqual(errors.slice(1), ['reached'], 'the end is no trouble');
	});

	it('begin with those that a machine had alone', async () => {
		const server = new Server();
		const copy = memoryClients();
		copy.text = adds('of before')(undefined);
		await replica(server, undefined, copy).clients.load();
		const next = replica(server);
		await next.clients.load();
		assert.deepEqual(namesIn(await next.clients.read()), ['of before']);
		assert.ok(isSharedCopy(copy.text), 'a command without the team would be undone from there');
	});

	it('are those of the team that a machine comes to, however often they were changed in the one that it was in', async () => {
		const [staging, production] = [new Server(), new Server()];
		const copy = memoryClients();
		for (const name of ['test', 'another test']) await replica(staging, undefined, copy).clients.update(adds(name));
		const there = replica(production, undefined, undefined, 'production');
		await there.clients.update(adds('ann'));
		await replica(production, undefined, copy, 'production').clients.load();
		await there.clients.load();
		for (const one of [copy, there.copy]) assert.deepEqual(namesIn(one.text), ['ann']);
		// A team that has none yet, after a leak of the invitation: they go on there.
		const next = new Server();
		for (let looks = 0; looks < 2; looks++) await replica(next, undefined, copy, 'next').clients.load();
		assert.deepEqual([namesIn(copy.text), next.commits], [['ann'], 1]);
	});
});
