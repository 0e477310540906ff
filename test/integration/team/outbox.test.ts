import assert from 'node:assert/strict';
import { initialSpending, reserved, settled } from '../../../src/pool/budget/spending';
import type { BucketId, LeaseId, StateStore } from '../../../src/pool/pool';
import { TeamError, type TeamTrouble } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { admitted, answerCost, told } from '../../support/pool/calls';
import { InMemoryStore } from '../../support/pool/inMemoryStore';
import { send, sentBy } from '../../support/team/sends';
import { TeamServer } from '../../support/team/teamServer';
import { fullWhile, sameLink, TeamWindows, type Tamper } from '../../support/team/teamWindows';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const project = 'project/p';
const sentToday = (store: StateStore): number | undefined => sentBy(store)[1];
const spentToday = (store: StateStore): number => store.replica().spending.get(project)?.day.cost ?? 0;
let spends = 0;

/** What one call has cost. */
function spend(store: StateStore, cost: number): Promise<void> {
	const lease = `spent${++spends}.1` as LeaseId;
	return store.transact((tx, now) => {
		const hold = { lease, cost: 1_000, tokens: 1, expiresAt: now + 60_000 };
		const doc = reserved(tx.spending(project) ?? initialSpending(now), hold);
		tx.put({ kind: 'spending', id: project, doc: settled(doc, lease, { cost, tokens: 1, isCounted: true }) });
	});
}

for (const [kind, options] of [
	['keeps its data', ['--save', '', '--appendonly', 'yes']],
	['forgets everything', ['--save', '']],
] as const) {
	describe(`a process that was alone and ended before a server that ${kind} was back`, () => {
		let server: TeamServer;
		let windows: TeamWindows;
		let machine: InMemoryStore;
		let colleague: TeamStore;
		beforeEach(async () => {
			server = new TeamServer('valkey-server', options);
			await server.start();
			windows = new TeamWindows(server);
			machine = new InMemoryStore(windows.clock);
			colleague = await windows.opened(windows.openMachine);
		});
		afterEach(async () => {
			await windows.close();
			await server.end();
		});
		const sends = async (store: StateStore, count: number): Promise<void> => {
			for (let n = 0; n < count; n++) await windows.until(send(store));
		};
		const back = async (...stores: TeamStore[]): Promise<void> => {
			await server.start();
			for (const store of stores) await windows.online(store);
		};
		/** All that a minute and the leases would say has passed; the day stays. */
		const settle = async (): Promise<void> => {
			await windows.pass(61_000);
			await windows.spread();
			await windows.pass(1_000);
			await windows.spread();
		};

		it('has sent what the next one on its machine tells, though others have counted on the same key', async () => {
			const ends = await windows.opened(() => windows.open({ machine }));
			await sends(ends, 2);
			await windows.spread();
			await server.kill();
			await sends(ends, 3);
			await windows.until(spend(ends, 7));
			await sends(colleague, 4);
			await windows.until(spend(colleague, 5));
			await ends.close();
			await back(colleague);
			const next = await windows.opened(() => windows.open({ machine }));
			await settle();
			assert.deepEqual([colleague, next].map(sentToday), [9, 9]);
			assert.deepEqual([colleague, next].map(spentToday), [12, 12]);
			assert.deepEqual([...machine.replica().outbox], [], 'it is told once');
			const again = await windows.opened(() => windows.open({ machine }));
			await settle();
			assert.deepEqual([colleague, next, again].map(sentToday), [9, 9, 9]);
		});

		it('has sent what another window of its machine tells, which was alone as well', async () => {
			const [ends, stays] = [
				await windows.opened(() => windows.open({ machine })),
				await windows.opened(() => windows.open({ machine })),
			];
			await sends(ends, 1);
			await windows.spread();
			await server.kill();
			await sends(ends, 3);
			await sends(stays, 2);
			await sends(ends, 1);
			await ends.close();
			await back(colleague, stays);
			await settle();
			assert.deepEqual([colleague, stays].map(sentToday), [7, 7]);
			assert.deepEqual([...machine.replica().outbox], []);
		});

		it('has told what it told, though it ended before the reply came', async () => {
			const lost = { isOn: false };
			const tamper: Tamper = (link) => ({
				...sameLink(link),
				commit: async (commit) => {
					const reply = await link.commit(commit);
					if (lost.isOn && commit.writes.length > 0) await new Promise(() => undefined);
					return reply;
				},
			});
			const ends = await windows.opened(() => windows.open({ machine, tamper }));
			await sends(ends, 1);
			await windows.spread();
			await server.kill();
			await sends(ends, 3);
			await sends(colleague, 2);
			lost.isOn = true;
			await back(colleague);
			await windows.eventually(() => sentToday(colleague) === 6, 100);
			void ends.close();
			await windows.pass(61_000);
			const next = await windows.opened(() => windows.open({ machine }));
			await settle();
			assert.deepEqual([colleague, next].map(sentToday), [6, 6]);
		});

		it('has spent what its call has cost, though another one began while that was under way', async () => {
			const asks = await windows.opened(() => windows.open({ machine }));
			await windows.spread();
			await server.kill();
			await windows.until(admitted(asks, 'asks.1' as LeaseId));
			const begins = windows.open({ machine });
			await windows.until(begins.transact(() => undefined));
			await windows.until(told(asks, 'asks.1' as LeaseId, 'answered'));
			await windows.pass(61_000);
			await back(colleague, asks, begins);
			await settle();
			assert.deepEqual([colleague, asks, begins].map(spentToday), [answerCost, answerCost, answerCost]);
		});

		it('is told with another one why the server cannot be used, whichever of them began to tell', async () => {
			const troubles: TeamTrouble[][] = [[], []];
			const isFull = { is: false };
			const tamper = fullWhile(isFull);
			const both: TeamStore[] = [];
			for (const [at, heard] of troubles.entries()) {
				const random = () => (at === 0 ? 0.3 : 0.7);
				const onTrouble = (trouble: TeamTrouble) => heard.push(trouble);
				both.push(await windows.opened(() => windows.open({ machine, tamper, random, onTrouble })));
			}
			await windows.spread();
			await server.kill();
			for (const store of both) await sends(store, 1);
			isFull.is = true;
			await server.start();
			for (let n = 0; n < 10; n++) await windows.pass(5_000);
			assert.deepEqual(
				troubles.map((heard) => heard.at(-1)),
				['full', 'full'],
			);
			isFull.is = false;
			for (const store of [colleague, ...both]) await windows.online(store);
			await settle();
			assert.deepEqual([colleague, ...both].map(sentToday), [2, 2, 2]);
		});

		it('has sent it once, though it ended as it told it, and the next one began at once', async () => {
			const tells = { isOn: true };
			const tamper: Tamper = (link) => ({
				...sameLink(link),
				commit: (commit) => (tells.isOn ? link.commit(commit) : new Promise(() => undefined)),
			});
			const ends = await windows.opened(() => windows.open({ machine, tamper }));
			await sends(ends, 1);
			await windows.spread();
			await server.kill();
			await sends(ends, 3);
			tells.isOn = false;
			await back(colleague);
			await windows.eventually(() => [...machine.replica().outbox.values()].some(({ sentAt }) => sentAt), 100);
			void ends.close();
			const next = await windows.opened(() => windows.open({ machine }));
			await settle();
			await settle();
			assert.deepEqual([colleague, next].map(sentToday), [4, 4]);
			assert.deepEqual([...machine.replica().outbox], []);
		});
	});
}

describe('a process that is alone for long', () => {
	const windows = useTeamWindows();

	it('counts once what it had sent at the same time, however much, where no reply came', async () => {
		const lost = { isOn: false };
		const tamper: Tamper = (link) => ({
			...sameLink(link),
			read: (...of) => (lost.isOn ? Promise.reject(new TeamError('unreachable')) : link.read(...of)),
			commit: async (commit) => {
				if (!lost.isOn && fails-- > 0) throw new TeamError('unreachable');
				const reply = await link.commit(commit);
				if (lost.isOn) throw new TeamError('unreachable');
				return reply;
			},
		});
		let fails = 0;
		const [store, colleague] = [
			await windows().opened(() => windows().openMachine({ tamper })),
			await windows().opened(windows().openMachine),
		];
		const models = Array.from({ length: 30 }, (_, at) => `p/m${at}` as BucketId);
		lost.isOn = true;
		await Promise.all(
			models.map((id) =>
				windows().until(
					store.transact((tx) => {
						const doc = tx.bucket(id);
						tx.put({ kind: 'bucket', id, doc: { ...doc, day: { ...doc.day, requests: doc.day.requests + 1 } } });
					}),
				),
			),
		);
		assert.ok(!store.isOnline);
		// It is lost once more as it tells.
		fails = 1;
		lost.isOn = false;
		await windows().online(store);
		await windows().spread();
		const counts = models.map((id) => colleague.replica().bucket.get(id)?.day.requests);
		assert.deepEqual(
			counts,
			models.map(() => 1),
		);
	});

	it('stores what it has to tell once, however often the server refuses it', async () => {
		const isFull = { is: false };
		const tamper = fullWhile(isFull);
		const machine = new InMemoryStore(windows().clock);
		const store = await windows().opened(() => windows().open({ machine, tamper }));
		const colleague = await windows().opened(windows().openMachine);
		isFull.is = true;
		for (let n = 0; n < 10; n++) {
			await windows().until(send(store));
			await windows().pass(15_000);
		}
		const refused = [...machine.replica().outbox.values()].map(({ commits }) => commits.length);
		isFull.is = false;
		await windows().online(store);
		await windows().spread();
		assert.deepEqual([refused, sentToday(colleague)], [[1], 10]);
	});

	it('counts once what another window of its machine has told meanwhile', async () => {
		const machine = new InMemoryStore(windows().clock);
		const away = { isOn: false };
		const tamper: Tamper = (link) => ({
			...sameLink(link),
			read: (...of) => (away.isOn ? Promise.reject(new TeamError('unreachable')) : link.read(...of)),
			commit: (...of) => (away.isOn ? Promise.reject(new TeamError('unreachable')) : link.commit(...of)),
		});
		const open = () => windows().open({ machine, tamper });
		const alone = await windows().opened(open);
		await windows().until(send(alone));
		await windows().spread();
		away.isOn = true;
		for (let n = 0; n < 3; n++) await windows().until(send(alone));
		await windows().pass(61_000);
		const other = await windows().opened(() => windows().open({ machine }));
		await windows().spread();
		assert.equal(sentToday(other), 4, 'the other one has told it');
		for (let n = 0; n < 2; n++) await windows().until(send(alone));
		away.isOn = false;
		await windows().online(alone);
		await windows().pass(61_000);
		await windows().spread();
		assert.deepEqual([alone, other].map(sentToday), [6, 6]);
		assert.deepEqual([...machine.replica().outbox], []);
	});
});
