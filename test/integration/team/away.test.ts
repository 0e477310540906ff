import assert from 'node:assert/strict';
import { initialActivity, spent } from '../../../src/pool/budget/clientActivity';
import { clientScope, initialSpending, reserved, settled } from '../../../src/pool/budget/spending';
import type { KeyId, LeaseId } from '../../../src/pool/pool';
import { ClientCounts } from '../../../src/pool/usage/clientCounts';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { admitted, answerCost, minuteMs, spentIn, told } from '../../support/pool/calls';
import { assertSent, bucket, send, sentBy } from '../../support/team/sends';
import { useMortalTeam, type MortalTeam } from '../../support/team/useTeamWindows';

const key = 'a' as KeyId;
describe('a team whose server goes away and comes back', () => {
	const team = useMortalTeam();
	let server: MortalTeam['server'];
	let windows: MortalTeam['windows'];
	beforeEach(() => {
		({ server, windows } = team());
	});

	it('what is sent while it is away is added once it is back: nothing lost, nothing doubled', async () => {
		const [one, two] = [await windows.opened(windows.openMachine), await windows.opened(windows.openMachine)];
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
		await windows.online(one);
		await windows.online(two);
		await windows.spread();
		assertSent([one, two], 5);
		assert.deepEqual(windows.troubles, ['unreachable', 'unreachable']);
	});

	it('two windows of one machine see each other meanwhile, and each tells its own part', async () => {
		const [one, two] = [await windows.opened(windows.open), await windows.opened(windows.open)];
		await send(one);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await send(one);
		await send(two);
		assertSent([one, two], 3);
		await server.start();
		await windows.online(one);
		await windows.online(two);
		await windows.spread();
		assertSent([one, two], 3);
	});

	it('two windows of one machine each tell their own part of what nobody had counted or spent before, too', async () => {
		const stores = [await windows.opened(windows.open), await windows.opened(windows.open)];
		await server.kill();
		await windows.eventually(() => stores.every(({ isOnline }) => !isOnline));
		const leases = ['r1.1', 'r2.1'] as LeaseId[];
		for (const [n, lease] of leases.entries()) assert.ok(await admitted(stores[n] ?? assert.fail(), lease));
		for (const [n, lease] of leases.entries()) assert.ok(await told(stores[n] ?? assert.fail(), lease, 'answered'));
		await server.start();
		for (const store of stores) await windows.online(store);
		await windows.spread();
		assert.deepEqual(stores.map(sentBy), [
			[2, 2, 0],
			[2, 2, 0],
		]);
		await windows.pass(minuteMs);
		assert.deepEqual(stores.map(spentIn), [2 * answerCost, 2 * answerCost]);
	});

	it('nor has a client spent twice in its hour what two replicas that have one folder have answered', async () => {
		const open = (): TeamStore => windows.open({ scope: 'replicas' });
		const stores = [await windows.opened(open), await windows.opened(open)];
		await server.kill();
		await windows.eventually(() => stores.every(({ isOnline }) => !isOnline));
		const id = clientScope('gateway:ann');
		for (const store of stores) {
			await new ClientCounts(store).used('ann', { requests: 1, usage: undefined });
			await store.transact((tx, now) => {
				const { activity = initialActivity(now), ...record } = tx.spending(id) ?? initialSpending(now);
				tx.put({ kind: 'spending', id, doc: { ...record, activity: spent(activity, answerCost, now) } });
			});
		}
		await server.start();
		for (const store of stores) await windows.online(store);
		await windows.spread();
		const used = stores.map((store) => [
			new ClientCounts(store).of('ann').requests,
			store.replica().spending.get(id)?.activity?.hour.cost,
		]);
		assert.deepEqual(used, [
			[2, 2 * answerCost],
			[2, 2 * answerCost],
		]);
	});

	it('a server that comes back with an old copy lacks nothing', async () => {
		const [one, two] = [await windows.opened(windows.openMachine), await windows.opened(windows.openMachine)];
		await send(one);
		await server.ask((client) => client.save());
		await send(one);
		await send(two);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await send(two);
		await server.start();
		await windows.online(one);
		await windows.online(two);
		await windows.spread();
		assertSent([one, two], 4);
	});

	it('a flush while all are connected loses nothing', async () => {
		const [one, two] = [await windows.opened(windows.openMachine), await windows.opened(windows.openMachine)];
		await send(one);
		await send(two);
		await windows.spread();
		await server.ask((client) => client.flushall());
		await send(one);
		assert.equal(one.limitShare(bucket)?.part, 1 / 2, 'the other one has not been seen in the new store yet');
		await windows.spread();
		assertSent([one, two], 3);
		assert.deepEqual(windows.troubles, []);
	});

	it('what a call has cost counts once, although the copy of another machine holds its reservation still', async () => {
		const id = 'project/p';
		let isBarred = false;
		const barred = (link: TeamLink): TeamLink => ({
			...link,
			read: (...asked) => (isBarred ? Promise.reject(new TeamError('unreachable')) : link.read(...asked)),
		});
		const one = await windows.opened(() => windows.openMachine({ tamper: barred }));
		const two = await windows.opened(windows.openMachine);
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
		await windows.online(two);
		isBarred = false;
		await windows.online(one);
		await windows.spread();
		for (const store of [one, two]) {
			const { day, reservations } = store.replica().spending.get(id) ?? assert.fail('nothing is known');
			assert.deepEqual([day.cost, day.requests, reservations.length], [7, 2, 1]);
		}
	});

	it('what a call has cost counts once, although another window of the machine knows it as under way still', async () => {
		let isBarred = false;
		const barred = (link: TeamLink): TeamLink => ({
			...link,
			read: (...asked) => (isBarred ? Promise.reject(new TeamError('unreachable')) : link.read(...asked)),
		});
		const one = await windows.opened(windows.open);
		const two = await windows.opened(() => windows.open({ tamper: barred }));
		const lease = 'r1.1' as LeaseId;
		assert.ok(await admitted(one, lease));
		await windows.spread();
		isBarred = true;
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		assert.ok(await told(one, lease, 'answered'));
		await server.start();
		await windows.online(one);
		isBarred = false;
		await windows.online(two);
		await windows.pass(minuteMs);
		await windows.spread();
		assert.deepEqual([one, two].map(spentIn), [answerCost, answerCost]);
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
		const one = await windows.opened(() => windows.openMachine({ tamper: losing }));
		const two = await windows.opened(windows.openMachine);
		await send(one);
		isLost = true;
		assert.ok(await send(one));
		assert.equal(one.isOnline, false);
		await windows.online(one);
		await windows.spread();
		assertSent([one, two], 2);
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
		const one = await windows.opened(() => windows.openMachine({ tamper: losing }));
		isLost = true;
		assert.ok(await send(one));
		isLost = false;
		await server.kill();
		await server.start(['--appendonly', 'yes']);
		await windows.online(one);
		await windows.spread();
		assert.deepEqual(sentBy(one), [1, 1, 1]);
	});

	it('while it is away each machine keeps to its part of a limit, and one request at least', async () => {
		const all = [
			await windows.opened(windows.openMachine),
			await windows.opened(windows.openMachine),
			await windows.opened(windows.openMachine),
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
		await windows.online(all[0] as TeamStore);
	});

	it('what others sent counts on while it is away, until its minute is over', async () => {
		const [one, two] = [await windows.opened(windows.openMachine), await windows.opened(windows.openMachine)];
		for (let n = 0; n < 4; n++) await send(two, 5);
		await windows.spread();
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		assert.equal(await send(one, 5), false);
		await windows.pass(61_000);
		assert.equal(await send(one, 5), true);
		await server.start();
		await windows.online(one);
	});

	it('a key that is quarantined while it is away is quarantined for all afterwards, and so is a pause', async () => {
		const [one, two] = [await windows.opened(windows.openMachine), await windows.opened(windows.openMachine)];
		await server.kill();
		await windows.eventually(() => !one.isOnline && !two.isOnline);
		await one.transact((tx, now) => {
			const status = { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: true } as const;
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status } });
			tx.put({ kind: 'pool', doc: { ...tx.pool(), paused: { reason: 'leaked', by: key, since: now } } });
		});
		assert.equal(two.replica().pool.paused, undefined);
		await server.start();
		await windows.online(one);
		await windows.online(two);
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

	it('a script that the server has forgotten is sent again', async () => {
		const one = await windows.opened(windows.openMachine);
		await server.ask((client) => client.script('FLUSH'));
		assert.ok(await send(one));
		assert.ok(one.isOnline);
	});
});
