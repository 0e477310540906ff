import assert from 'node:assert/strict';
import type { Role, StateStore } from '../../../../src/pool/pool';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('ownership of a role, at its edges', () => {
	let clock: VirtualClock;
	let store: InMemoryStore;
	let log: string[];
	beforeEach(() => {
		clock = new VirtualClock();
		store = new InMemoryStore(clock);
		log = [];
	});

	const window = (name: string): LeaderElection => new LeaderElection(store, clock, name);
	const campaign = (owner: LeaderElection, name: string, role: Role = 'metrics'): (() => void) =>
		owner.campaign(role, () => {
			log.push(`${name} begins ${role}`);
			return () => log.push(`${name} ends ${role}`);
		});
	/** The store as one window sees it: `before` runs before each of its steps, and may take its time. */
	const seen = (before: () => Promise<void> | void): StateStore => ({
		replica: () => store.replica(),
		now: () => store.now(),
		onDidChange: (listener) => store.onDidChange(listener),
		close: () => store.close(),
		transact: async (step) => {
			await before();
			return store.transact(step);
		},
	});
	/** A window whose next step takes a second; those after it take no time. */
	const slow = (name: string): LeaderElection => {
		let ms = 1_000;
		const wait = (): Promise<void> =>
			new Promise((resolve) => {
				clock.after(ms, resolve);
				ms = 0;
			});
		return new LeaderElection(seen(wait), clock, name);
	};
	/** A window that claimed a role and was never heard of again. */
	const ghost = (ms: number): Promise<void> =>
		store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'ghost', expiresAt: now + ms } }),
		);

	it('stays with its owner, whenever the others look', async () => {
		const a = window('a');
		campaign(a, 'a');
		await clock.advance(600);
		campaign(window('b'), 'b');
		await clock.advance(60_000);
		assert.deepEqual(log, ['a begins metrics']);
	});

	it('that nobody renewed is free to the millisecond, and a claim of the far future is none', async () => {
		const began = clock.monotonic();
		await ghost(3_500);
		await clock.advance(500);
		const a = window('a');
		campaign(a, 'a');
		await clock.advance(2_999);
		assert.equal(a.owns('metrics'), false);
		await clock.advance(1);
		assert.deepEqual([a.owns('metrics'), clock.monotonic() - began], [true, 3_500]);
		a.dispose();
		await clock.settle();
		await ghost(7_000);
		const b = window('b');
		campaign(b, 'b');
		await clock.settle();
		assert.equal(b.owns('metrics'), false);
		b.dispose();
		await ghost(7_001);
		const c = window('c');
		campaign(c, 'c');
		await clock.settle();
		assert.equal(c.owns('metrics'), true);
	});

	it('is not lost because somebody else does not want it any more', async () => {
		const [a, b] = [window('a'), window('b')];
		campaign(a, 'a');
		const withdraw = campaign(b, 'b');
		await clock.settle();
		withdraw();
		b.dispose();
		await clock.settle();
		assert.equal(store.replica().leader.get('metrics')?.holder, 'a');
		assert.deepEqual(log, ['a begins metrics']);
	});

	it('nothing begins in a window that has ended, and nothing goes on', async () => {
		const a = window('a');
		campaign(a, 'a');
		await clock.settle();
		a.dispose();
		campaign(a, 'late', 'alerts');
		await clock.advance(10_000);
		assert.deepEqual(log, ['a begins metrics', 'a ends metrics']);
		assert.deepEqual([a.owns('metrics'), clock.pending], [false, 0]);
		campaign(a, 'later');
		assert.equal(store.replica().leader.get('metrics'), undefined, 'not even for a moment');
	});

	it('a window looks by one timer, however many roles it bids for, and by none once it bids for none', async () => {
		const a = window('a');
		const withdraw = (['metrics', 'alerts', 'housekeeping'] as const).map((role) => campaign(a, 'a', role));
		await clock.advance(5_500);
		assert.equal(clock.pending, 1);
		for (const end of withdraw) end();
		await clock.advance(2_000);
		assert.equal(clock.pending, 0);
	});

	it('others that keep their roles wake nobody', async () => {
		campaign(window('a'), 'a');
		await clock.advance(300);
		let steps = 0;
		const b = new LeaderElection(
			seen(() => void steps++),
			clock,
			'b',
		);
		campaign(b, 'b');
		await clock.advance(10_000);
		assert.equal(steps, 11, 'its own looks, one a second');
	});

	it('that another window has keeps nobody from the roles that are free', async () => {
		campaign(window('a'), 'a');
		await clock.settle();
		const b = window('b');
		campaign(b, 'b');
		campaign(b, 'b', 'alerts');
		await clock.advance(1_000);
		assert.deepEqual(log, ['a begins metrics', 'b begins alerts']);
	});

	it('goes over at once with the others of a window that ends', async () => {
		const [a, b] = [window('a'), window('b')];
		campaign(a, 'a', 'alerts');
		campaign(a, 'a');
		await clock.advance(1_000);
		campaign(b, 'b');
		await clock.settle();
		a.dispose();
		await clock.settle();
		assert.equal(b.owns('metrics'), true);
	});

	it('is let go by a window that ends before it has bid for its other roles', async () => {
		const [a, b] = [window('a'), window('b')];
		campaign(a, 'a');
		campaign(a, 'a', 'alerts');
		a.dispose();
		campaign(b, 'b');
		await clock.settle();
		assert.equal(b.owns('metrics'), true);
	});

	it('is no one else’s to take where a third window does not want it any more', async () => {
		const [early, a, late] = [window('early'), window('a'), window('late')];
		campaign(a, 'a');
		await clock.settle();
		campaign(early, 'early');
		const withdraw = campaign(late, 'late');
		await clock.settle();
		withdraw();
		await clock.advance(5_000);
		assert.deepEqual(log, ['a begins metrics']);
	});

	it('that a window gets after it has ended is free again at once', async () => {
		const bids = slow('bids');
		campaign(bids, 'bids');
		const takes = slow('takes');
		const taken = takes.tryAcquire('batch:1');
		bids.dispose();
		takes.dispose();
		await clock.advance(1_000);
		assert.equal(await taken, undefined);
		await clock.settle();
		assert.deepEqual([log, [...store.replica().leader.keys()]], [[], []]);
	});

	it('is asked for once at a time, however long the store takes and whatever changes meanwhile', async () => {
		let asked = 0;
		const never = new Promise<void>(() => undefined);
		const a = new LeaderElection(
			seen(() => (asked++, never)),
			clock,
			'a',
		);
		campaign(a, 'a');
		const other = window('other');
		for (let n = 0; n < 5; n++) {
			const withdraw = campaign(other, 'other');
			await clock.settle();
			withdraw();
			await clock.advance(2_000);
		}
		assert.equal(asked, 1);
	});

	it('that was taken is owned until it is let go', async () => {
		const a = window('a');
		const release = await a.tryAcquire('batch:1');
		await clock.settle();
		assert.equal(a.owns('batch:1'), true);
		release?.();
		assert.equal(a.owns('batch:1'), false);
	});

	it('of other windows is told for as long as it lasts, and whoever listens hears of each change of owners', async () => {
		const [a, b] = [window('a'), window('b')];
		let changes = 0;
		const off = b.onDidChange(() => changes++);
		assert.deepEqual(b.remoteRoles(), []);
		await store.transact((tx) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: 1 } }));
		assert.equal(changes, 0, 'nothing of owners');
		const withdraw = campaign(a, 'a');
		await clock.settle();
		assert.deepEqual([a.remoteRoles(), b.remoteRoles(), changes], [[], ['metrics'], 1]);
		withdraw();
		await clock.settle();
		assert.deepEqual([b.remoteRoles(), changes], [[], 2]);
		await store.transact((tx, now) => {
			tx.put({ kind: 'pool', doc: { v: 2 } });
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'ghost', expiresAt: now + 3_500 } });
		});
		assert.deepEqual([b.remoteRoles(), changes], [['metrics'], 3]);
		await clock.advance(3_500);
		assert.deepEqual([b.remoteRoles(), changes], [[], 3], 'a window that was killed');
		off();
		await ghost(3_500);
		assert.equal(changes, 3);
	});
});
