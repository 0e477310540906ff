import assert from 'node:assert/strict';
import { initialSpending, reserved, settled } from '../../../src/pool/budget/spending';
import { admit } from '../../../src/pool/quota/lease';
import { InMemoryStore, type BucketId, type KeyId, type LeaseId, type StateStore } from '../../../src/pool/pool';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { TeamServer } from '../../support/team/teamServer';
import { TeamWindows } from '../../support/team/teamWindows';

const bucket = 'p/m' as BucketId;
const key = 'a' as KeyId;
let lease = 0;

/** Sends one request, where a limit of so many a minute allows it. Answers whether it was sent. */
function send(store: StateStore, rpm = 1_000): Promise<boolean> {
	const id = `r${++lease}.1` as LeaseId;
	return store.transact((tx, now) => {
		const share = store.limitShare?.(bucket);
		const request = { lease: id, holder: 'w', leaseMs: 60_000, mayTest: false, likely: 1, atMost: 1 };
		const admitted = admit(tx.bucket(bucket), { ...request, userLimits: { rpm }, ...(share && { share }) }, now);
		if ('reason' in admitted) return false;
		tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
		return true;
	});
}

const sentBy = (store: StateStore) => {
	const { minute = [], leases = [], day } = store.replica().bucket.get(bucket) ?? {};
	return [minute.reduce((sum, one) => sum + one[2], 0), day?.requests ?? 0, leases.length];
};

describe('a team whose server goes away and comes back', () => {
	let server: TeamServer;
	let windows: TeamWindows;
	beforeEach(async () => {
		server = new TeamServer();
		await server.start();
		windows = new TeamWindows(server);
	});
	afterEach(async () => {
		await windows.close();
		await server.end();
	});

	const opened = async (open: () => TeamStore): Promise<TeamStore> => {
		const store = open();
		await store.transact((tx) => tx.bucket(bucket));
		assert.ok(store.isOnline);
		return store;
	};
	const online = async (store: TeamStore): Promise<void> => {
		await windows.eventually(() => store.isOnline, 500);
	};

	it('what is sent while it is away is added once it is back: nothing lost, nothing doubled', async () => {
		const [one, two] = [await opened(windows.openMachine), await opened(windows.openMachine)];
		await send(one);
		await send(two);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		assert.ok(await send(one));
		assert.ok(await send(one));
		assert.ok(await send(two));
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[4, 4, 4],
				[3, 3, 3],
			],
		);
		await server.start();
		await online(one);
		await online(two);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[5, 5, 5],
				[5, 5, 5],
			],
		);
		assert.deepEqual(windows.troubles, ['unreachable', 'unreachable']);
	});

	it('two windows of one machine see each other meanwhile, and each tells its own part', async () => {
		const [one, two] = [await opened(windows.open), await opened(windows.open)];
		await send(one);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await send(one);
		await send(two);
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[3, 3, 3],
				[3, 3, 3],
			],
		);
		await server.start();
		await online(one);
		await online(two);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[3, 3, 3],
				[3, 3, 3],
			],
		);
	});

	it('a server that comes back with an old copy lacks nothing', async () => {
		const [one, two] = [await opened(windows.openMachine), await opened(windows.openMachine)];
		await send(one);
		await server.ask((client) => client.save());
		await send(one);
		await send(two);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await send(two);
		await server.start();
		await online(one);
		await online(two);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[4, 4, 4],
				[4, 4, 4],
			],
		);
	});

	it('a flush while all are connected loses nothing', async () => {
		const [one, two] = [await opened(windows.openMachine), await opened(windows.openMachine)];
		await send(one);
		await send(two);
		await windows.spread();
		await server.ask((client) => client.flushall());
		await send(one);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[3, 3, 3],
				[3, 3, 3],
			],
		);
		assert.deepEqual(windows.troubles, []);
	});

	it('what a call has cost counts once, although the copy of another machine holds its reservation still', async () => {
		const id = 'project/p';
		let isBarred = false;
		const barred = (link: TeamLink): TeamLink => ({
			...link,
			read: (...asked) => (isBarred ? Promise.reject(new TeamError('unreachable')) : link.read(...asked)),
		});
		const one = await opened(() => windows.openMachine({ tamper: barred }));
		const two = await opened(windows.openMachine);
		const [ended, open] = ['ended.1', 'open.1'] as LeaseId[] as [LeaseId, LeaseId];
		for (const [store, lease] of [
			[two, ended],
			[one, open],
		] as const) {
			await store.transact((tx, now) => {
				const hold = { lease, cost: 1_000, tokens: 1, expiresAt: now + 600_000 };
				tx.put({ kind: 'spending', id, doc: reserved(tx.spending(id) ?? initialSpending(now), hold) });
			});
			await windows.spread();
		}
		isBarred = true;
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await two.transact((tx, now) => {
			const doc = settled(tx.spending(id) ?? initialSpending(now), ended, { cost: 7, tokens: 1, isCounted: true });
			tx.put({ kind: 'spending', id, doc });
		});
		await server.start();
		await online(two);
		isBarred = false;
		await online(one);
		await windows.spread();
		for (const store of [one, two]) {
			const { day, reservations } = store.replica().spending.get(id) ?? assert.fail('nothing is known');
			assert.deepEqual([day.cost, day.requests, reservations.length], [7, 2, 1]);
		}
	});

	it('a commit whose reply was lost counts once', async () => {
		let isLost = false;
		const losing = (link: TeamLink): TeamLink => ({
			...link,
			commit: async (commit) => {
				const reply = await link.commit(commit);
				if (!isLost) return reply;
				isLost = false;
				throw new TeamError('unreachable');
			},
		});
		const one = await opened(() => windows.openMachine({ tamper: losing }));
		const two = await opened(windows.openMachine);
		await send(one);
		isLost = true;
		assert.ok(await send(one));
		assert.equal(one.isOnline, false);
		await online(one);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two)],
			[
				[2, 2, 2],
				[2, 2, 2],
			],
		);
	});

	it('a commit whose reply was lost counts once, even if the server was started anew with it', async () => {
		await server.ask((client) => client.config('SET', 'appendonly', 'yes'));
		let isLost = false;
		const losing = (link: TeamLink): TeamLink => ({
			...link,
			commit: async (commit) => {
				const reply = await link.commit(commit);
				if (isLost) throw new TeamError('unreachable');
				return reply;
			},
		});
		const one = await opened(() => windows.openMachine({ tamper: losing }));
		isLost = true;
		assert.ok(await send(one));
		isLost = false;
		await server.kill();
		await server.start(['--appendonly', 'yes']);
		await online(one);
		await windows.spread();
		assert.deepEqual(sentBy(one), [1, 1, 1]);
	});

	it('while it is away each machine keeps to its part of a limit, and one request at least', async () => {
		const all = [
			await opened(windows.openMachine),
			await opened(windows.openMachine),
			await opened(windows.openMachine),
		];
		await windows.spread();
		await server.kill();
		await windows.eventually(() => all.every((store) => !store.isOnline));
		const sent = async (rpm: number): Promise<number> => {
			let count = 0;
			for (const store of all) for (let n = 0; n < 5; n++) if (await send(store, rpm)) count++;
			return count;
		};
		assert.equal(await sent(6), 6);
		await windows.pass(61_000);
		assert.equal(await sent(2), 3, 'the limit, or the number of machines');
		await server.start();
		await online(all[0] as TeamStore);
	});

	it('what others sent counts on while it is away, until its minute is over', async () => {
		const [one, two] = [await opened(windows.openMachine), await opened(windows.openMachine)];
		for (let n = 0; n < 4; n++) await send(two, 5);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		assert.equal(await send(one, 5), false);
		await windows.pass(61_000);
		assert.equal(await send(one, 5), true);
		await server.start();
		await online(one);
	});

	it('a key that is quarantined while it is away is quarantined for all afterwards, and so is a pause', async () => {
		const [one, two] = [await opened(windows.openMachine), await opened(windows.openMachine)];
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await one.transact((tx, now) => {
			const status = { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: true } as const;
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status } });
			tx.put({ kind: 'pool', doc: { ...tx.pool(), paused: { reason: 'leaked', by: key, since: now } } });
		});
		assert.equal(two.replica().pool.paused, undefined);
		await server.start();
		await online(one);
		await online(two);
		await windows.spread();
		assert.equal(two.replica().key.get(key)?.status.state, 'quarantined');
		assert.equal(two.replica().pool.paused?.reason, 'leaked');
		await two.transact((tx) => {
			const { paused: _, ...doc } = tx.pool();
			tx.put({ kind: 'pool', doc });
		});
		await windows.spread();
		assert.equal(one.replica().pool.paused, undefined, 'whoever resumes, resumes for all who hold the key');
	});

	it('a process that starts while it is away knows what the team has sent, although the one before it was killed', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await opened(windows.openMachine);
		const killed = await opened(() => windows.open({ machine }));
		for (let n = 0; n < 3; n++) await send(one);
		await windows.pass(1_000);
		assert.deepEqual(sentBy(killed), [3, 3, 3]);
		await killed.close();
		await server.kill();
		const next = windows.open({ machine, machines: { get: () => 2, set: () => undefined } });
		await windows.until(next.transact(() => undefined));
		assert.equal(next.isOnline, false);
		assert.deepEqual(sentBy(next), [3, 3, 3]);
		assert.equal(await send(next, 6), false, 'its part of the limit is used up');
		await server.start();
		await online(next);
		await online(one);
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(next)],
			[
				[3, 3, 3],
				[3, 3, 3],
			],
		);
	});

	it('and what was spent and which keys are condemned', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await opened(windows.openMachine);
		const killed = await opened(() => windows.open({ machine }));
		const id = 'project/p';
		await one.transact((tx, now) => {
			const hold = { lease: 'spent.1' as LeaseId, cost: 1_000, tokens: 1, expiresAt: now + 600_000 };
			const before = reserved(tx.spending(id) ?? initialSpending(now), hold);
			tx.put({ kind: 'spending', id, doc: settled(before, hold.lease, { cost: 7, tokens: 1, isCounted: true }) });
			const status = { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: true } as const;
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status } });
		});
		await windows.spread();
		await windows.pass(1_000);
		await killed.close();
		await server.kill();
		const next = windows.open({ machine });
		await windows.until(next.transact(() => undefined));
		assert.equal(next.isOnline, false);
		assert.deepEqual(
			[next.replica().spending.get(id)?.day.cost, next.replica().key.get(key)?.status.state],
			[7, 'quarantined'],
		);
		await server.start();
		await online(next);
		await online(one);
		await windows.spread();
		for (const store of [one, next]) assert.equal(store.replica().spending.get(id)?.day.cost, 7);
	});

	it('a window that starts without the server goes on with what the machine knows', async () => {
		const first = await opened(windows.open);
		await send(first);
		await server.kill();
		await windows.eventually(() => !first.isOnline);
		const second = windows.open();
		assert.ok(await windows.until(send(second)));
		assert.deepEqual(sentBy(second), [2, 2, 2]);
		await server.start();
		await online(second);
		await online(first);
		await windows.spread();
		assert.deepEqual(
			[sentBy(first), sentBy(second)],
			[
				[2, 2, 2],
				[2, 2, 2],
			],
		);
	});

	it('joining adds what this machine alone has counted, once', async () => {
		const one = await opened(windows.openMachine);
		await send(one);
		const machine = new InMemoryStore(windows.clock);
		await send(machine);
		await send(machine);
		const two = await opened(() => windows.open({ machine, isJoining: true }));
		const again = await opened(() => windows.open({ machine }));
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(two), sentBy(again)],
			[
				[3, 3, 3],
				[3, 3, 3],
				[3, 3, 3],
			],
		);
	});

	it('joining again adds what was sent alone meanwhile, and not what the team knows already', async () => {
		const one = await opened(windows.openMachine);
		for (let n = 0; n < 3; n++) await send(one);
		const machine = new InMemoryStore(windows.clock);
		const two = await opened(() => windows.open({ machine }));
		await send(two);
		await two.leave();
		await two.close();
		await send(machine);
		const again = await opened(() => windows.open({ machine, isJoining: true, wasMember: true }));
		await windows.spread();
		assert.deepEqual(
			[sentBy(one), sentBy(again)],
			[
				[5, 5, 5],
				[5, 5, 5],
			],
		);
	});

	it('a script that the server has forgotten is sent again', async () => {
		const one = await opened(windows.openMachine);
		await server.ask((client) => client.script('FLUSH'));
		assert.ok(await send(one));
		assert.ok(one.isOnline);
	});
});
