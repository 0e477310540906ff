import assert from 'node:assert/strict';
import { initialSpending, reserved, settled } from '../../../src/pool/budget/spending';
import { ClientCounts, type KeyId, type LeaseId } from '../../../src/pool/pool';
import { assertSent, send, sentBy } from '../../support/team/sends';
import { useMortalTeam, type MortalTeam } from '../../support/team/useTeamWindows';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const [key, other] = ['a', 'b'] as unknown as readonly [KeyId, KeyId];

describe('a process of a team that starts', () => {
	const team = useMortalTeam();
	let server: MortalTeam['server'];
	let windows: MortalTeam['windows'];
	beforeEach(() => {
		({ server, windows } = team());
	});
	/** The next one on the machine, while the server is away. */
	const startsAlone = async (
		killed: { close(): Promise<void> },
		options: Parameters<MortalTeam['windows']['open']>[0],
	): Promise<ReturnType<MortalTeam['windows']['open']>> => {
		await killed.close();
		await server.kill();
		const next = windows.open(options);
		await windows.until(next.transact(() => undefined));
		assert.equal(next.isOnline, false);
		return next;
	};

	it('a process that starts while it is away knows what the team has sent, although the one before it was killed', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await windows.opened(windows.openMachine);
		const killed = await windows.opened(() => windows.open({ machine }));
		for (let n = 0; n < 3; n++) await send(one);
		await windows.pass(1_000);
		assert.deepEqual(sentBy(killed), [3, 3, 3]);
		const next = await startsAlone(killed, { machine, machines: { get: () => 2, set: () => undefined } });
		assert.deepEqual(sentBy(next), [3, 3, 3]);
		assert.equal(await send(next, 6), false, 'its part of the limit is used up');
		await server.start();
		await windows.online(next);
		await windows.online(one);
		await windows.spread();
		assertSent([one, next], 3);
	});

	it('and what was spent and which keys are quarantined', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await windows.opened(windows.openMachine);
		const killed = await windows.opened(() => windows.open({ machine }));
		const id = 'project/p';
		const lease = 'spent.1' as LeaseId;
		await one.transact((tx, now) => {
			const hold = { lease, cost: 1_000, tokens: 1, expiresAt: now + 600_000 };
			tx.put({ kind: 'spending', id, doc: reserved(tx.spending(id) ?? initialSpending(now), hold) });
		});
		await windows.spread();
		await windows.pass(1_000);
		await one.transact((tx, now) => {
			const doc = settled(tx.spending(id) ?? initialSpending(now), lease, { cost: 7, tokens: 1, isCounted: true });
			tx.put({ kind: 'spending', id, doc });
			const status = { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: true } as const;
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status } });
			tx.put({ kind: 'key', id: other, doc: { ...tx.key(other), score: 1 } });
		});
		await windows.spread();
		await windows.pass(1_000);
		const next = await startsAlone(killed, { machine });
		const { reservations } = machine.replica().spending.get(id) ?? assert.fail('nothing is known');
		assert.deepEqual(reservations, [], 'what has ended would be charged once more');
		assert.equal(machine.replica().key.get(other)?.score, undefined, 'health is the team’s');
		assert.deepEqual(
			[next.replica().spending.get(id)?.day.cost, next.replica().key.get(key)?.status.state],
			[7, 'quarantined'],
		);
		await server.start();
		await windows.online(next);
		await windows.online(one);
		await windows.spread();
		for (const store of [one, next]) assert.equal(store.replica().spending.get(id)?.day.cost, 7);
	});

	it('and how much of its day a client of replicas has used', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await windows.opened(() => windows.openMachine({ scope: 'replicas' }));
		const killed = await windows.opened(() => windows.open({ machine, scope: 'replicas' }));
		const counts = new ClientCounts(one);
		await new ClientCounts(killed).admit('gateway:ann', 9);
		for (let n = 0; n < 3; n++) await windows.until(counts.admit('gateway:ann', 9));
		await windows.spread();
		await windows.pass(1_000);
		const next = await startsAlone(killed, { machine, scope: 'replicas' });
		assert.equal(new ClientCounts(next).of('gateway:ann').requests, 4);
		await server.start();
		for (const store of [next, one]) await windows.online(store);
		await windows.spread();
		for (const store of [one, next]) assert.equal(new ClientCounts(store).of('gateway:ann').requests, 4);
	});

	it('gives back what the machine knows to a server that has lost everything meanwhile', async () => {
		const machine = new InMemoryStore(windows.clock);
		const last = await windows.opened(() => windows.open({ machine, scope: 'replicas' }));
		const id = 'project/p';
		await new ClientCounts(last).admit('gateway:ann', 9);
		for (let n = 0; n < 3; n++) await send(last);
		await last.transact((tx, now) => {
			const hold = { lease: 'spent.1' as LeaseId, cost: 1_000, tokens: 1, expiresAt: now + 600_000 };
			const doc = reserved(tx.spending(id) ?? initialSpending(now), hold);
			tx.put({ kind: 'spending', id, doc: settled(doc, hold.lease, { cost: 7, tokens: 1, isCounted: true }) });
		});
		await windows.pass(1_000);
		// The computer that both run on starts anew.
		await last.close();
		await server.kill();
		await server.start();
		const next = await windows.opened(() => windows.open({ machine, scope: 'replicas' }));
		await windows.spread();
		const asked = new ClientCounts(next).of('gateway:ann').requests;
		assert.deepEqual([sentBy(next), asked], [[3, 3, 3], 1]);
		assert.equal(next.replica().spending.get(id)?.month.cost, 7);
		// Another one that has known the same adds nothing to it.
		const again = await windows.opened(() => windows.open({ machine, scope: 'replicas' }));
		await windows.spread();
		assertSent([next, again], 3);
		assert.equal(again.replica().spending.get(id)?.month.cost, 7);
	});

	it('gives back what it knows though one that knew less was there first', async () => {
		const [early, late] = [new InMemoryStore(windows.clock), new InMemoryStore(windows.clock)];
		const id = 'project/p';
		const open = (machine: InMemoryStore) => windows.opened(() => windows.open({ machine, scope: 'replicas' }));
		const spend = (store: Awaited<ReturnType<typeof open>>, n: number): Promise<void> =>
			store.transact((tx, now) => {
				const lease = `spent.${n}` as LeaseId;
				const hold = { lease, cost: 1_000, tokens: 1, expiresAt: now + 600_000 };
				const doc = reserved(tx.spending(id) ?? initialSpending(now), hold);
				tx.put({ kind: 'spending', id, doc: settled(doc, lease, { cost: 7, tokens: 1, isCounted: true }) });
			});
		const stays = await open(late);
		const leaves = await open(early);
		for (const store of [stays, leaves]) await new ClientCounts(store).admit('gateway:ann', 9);
		await send(stays);
		await spend(stays, 1);
		await windows.pass(1_000);
		await leaves.close();
		for (let n = 2; n < 5; n++) {
			await send(stays);
			await spend(stays, n);
			await new ClientCounts(stays).admit('gateway:ann', 9);
		}
		await windows.pass(1_000);
		await stays.close();
		await server.kill();
		await server.start();
		const first = await open(early);
		assert.equal(first.replica().spending.get(id)?.month.cost, 7);
		const second = await open(late);
		await windows.spread();
		for (const store of [first, second, await open(early)]) {
			const { day, month } = store.replica().spending.get(id) ?? assert.fail('nothing is known');
			const asked = new ClientCounts(store).of('gateway:ann').requests;
			assert.deepEqual([day.cost, month.cost, asked, sentBy(store)[1]], [28, 28, 5, 4]);
		}
	});

	it('and not that a key is quarantined which somebody has let go on since', async () => {
		const machine = new InMemoryStore(windows.clock);
		const one = await windows.opened(windows.openMachine);
		const killed = await windows.opened(() => windows.open({ machine }));
		await one.transact((tx, now) => {
			const status = { state: 'quarantined', reason: 'badKey', since: now, rechecksLeft: [], hadWorked: true } as const;
			for (const id of [key, other]) tx.put({ kind: 'key', id, doc: { ...tx.key(id), status, score: 3 } });
		});
		await windows.spread();
		await windows.pass(1_000);
		assert.equal(machine.replica().key.get(key)?.status.state, 'quarantined');
		await one.transact((tx, now) => {
			tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status: { state: 'unverified' }, score: 50 } });
			const status = { state: 'verified', since: now } as const;
			tx.put({ kind: 'key', id: other, doc: { ...tx.key(other), status, score: 50 } });
		});
		await windows.spread();
		await windows.pass(1_000);
		const next = await startsAlone(killed, { machine });
		const known = [key, other].map((id) => next.replica().key.get(id));
		assert.deepEqual(
			known.map((one) => one?.status.state),
			['unverified', 'verified'],
		);
		assert.deepEqual(
			known.map((one) => one?.score),
			[50, 50],
		);
	});

	it('a window that starts without the server goes on with what the machine knows', async () => {
		const first = await windows.opened(windows.open);
		await send(first);
		await server.kill();
		await windows.eventually(() => !first.isOnline);
		const second = windows.open();
		assert.ok(await windows.until(send(second)));
		assert.deepEqual(sentBy(second), [2, 2, 2]);
		await server.start();
		await windows.online(second);
		await windows.online(first);
		await windows.spread();
		assertSent([first, second], 2);
	});

	it('joining adds what this machine alone has counted, once', async () => {
		const one = await windows.opened(windows.openMachine);
		await send(one);
		const machine = new InMemoryStore(windows.clock);
		await send(machine);
		await send(machine);
		const two = await windows.opened(() => windows.open({ machine, isJoining: true }));
		const again = await windows.opened(() => windows.open({ machine }));
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
		const one = await windows.opened(windows.openMachine);
		for (let n = 0; n < 3; n++) await send(one);
		const machine = new InMemoryStore(windows.clock);
		const two = await windows.opened(() => windows.open({ machine }));
		await send(two);
		await two.leave();
		await two.close();
		await send(machine);
		const again = await windows.opened(() => windows.open({ machine, isJoining: true, wasMember: true }));
		await windows.spread();
		assertSent([one, again], 5);
	});
});
