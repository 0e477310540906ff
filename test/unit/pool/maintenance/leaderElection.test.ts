import assert from 'node:assert/strict';
import type { Role } from '../../../../src/pool/pool';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

/** Windows that bid for roles on one store, and who does what. */
class Bidders {
	readonly clock = new VirtualClock();
	readonly store = new InMemoryStore(this.clock);
	readonly log: string[] = [];

	window(name: string): LeaderElection {
		return new LeaderElection(this.store, this.clock, name);
	}

	campaign(window: LeaderElection, name: string, role: Role = 'metrics'): () => void {
		return window.campaign(role, () => {
			this.log.push(`${name} begins`);
			return () => this.log.push(`${name} ends`);
		});
	}

	/** What happened since the last look. */
	news(): string {
		return this.log.splice(0).join(', ');
	}

	get holder(): string | undefined {
		return this.store.replica().leader.get('metrics')?.holder;
	}
}

describe('ownership of a role', () => {
	let all: Bidders;
	let a: LeaderElection;
	let b: LeaderElection;
	beforeEach(() => {
		all = new Bidders();
		a = all.window('a');
		b = all.window('b');
	});

	it('goes to the first that bids, and stays with it as long as it lives', async () => {
		all.campaign(a, 'a');
		all.campaign(b, 'b');
		await all.clock.advance(60_000);
		assert.equal(all.news(), 'a begins');
		assert.deepEqual([a.owns('metrics'), b.owns('metrics'), all.holder], [true, false, 'a']);
		assert.deepEqual([a.owns('alerts'), b.owns('alerts')], [false, false]);
	});

	it('is counted by role', async () => {
		all.campaign(a, 'a');
		all.campaign(b, 'b', 'alerts');
		await all.clock.settle();
		assert.equal(all.news(), 'a begins, b begins');
	});

	it('goes over at once when its owner ends, or withdraws its bid', async () => {
		const withdraw = all.campaign(a, 'a');
		all.campaign(b, 'b');
		await all.clock.settle();
		withdraw();
		await all.clock.settle();
		assert.equal(all.news(), 'a begins, a ends, b begins');
		withdraw();
		all.campaign(a, 'a');
		await all.clock.settle();
		b.dispose();
		await all.clock.settle();
		assert.equal(all.news(), 'b ends, a begins');
		a.dispose();
		await all.clock.settle();
		assert.deepEqual([all.news(), all.holder, all.clock.pending], ['a ends', undefined, 0]);
	});

	it('goes over within 5 s when its owner is killed', async () => {
		await all.store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'killed', expiresAt: now + 3_500 } }),
		);
		all.campaign(a, 'a');
		await all.clock.advance(3_400);
		assert.equal(all.news(), '');
		await all.clock.advance(1_600);
		assert.equal(all.news(), 'a begins');
	});

	it('ends where another window has taken it meanwhile: this one slept', async () => {
		all.campaign(a, 'a');
		await all.clock.settle();
		await all.store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'other', expiresAt: now + 3_500 } }),
		);
		await all.clock.advance(1_000);
		assert.equal(all.news(), 'a begins, a ends');
		assert.equal(a.owns('metrics'), false);
		await all.clock.advance(5_000);
		assert.equal(all.news(), 'a begins');
	});

	it('is not kept from everybody by a claim that a wrong clock left', async () => {
		await all.store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'gone', expiresAt: now + 7_001 } }),
		);
		all.campaign(a, 'a');
		await all.clock.settle();
		assert.equal(all.news(), 'a begins');
	});

	it('is written anew only as it runs out', async () => {
		let writes = 0;
		all.store.onDidChange((refs) => (writes += refs.filter(({ kind }) => kind === 'leader').length));
		all.campaign(a, 'a');
		await all.clock.advance(20_000);
		assert.ok(writes >= 5 && writes <= 11, String(writes));
	});

	it('begins nothing while the store is down, and goes on when it is back', async () => {
		const transact = all.store.transact.bind(all.store);
		all.store.transact = () => Promise.reject(new Error('down'));
		all.campaign(a, 'a');
		await all.clock.advance(3_000);
		assert.equal(all.news(), '');
		all.store.transact = transact;
		await all.clock.advance(1_000);
		assert.equal(all.news(), 'a begins');
	});

	it('is taken by the first that asks, kept from the others, and free once it is let go or its window is killed', async () => {
		const take = async (window: LeaderElection) => {
			const taken = window.tryAcquire('batch:1');
			await all.clock.settle();
			return taken;
		};
		const release = await take(a);
		assert.ok(release);
		assert.deepEqual([await take(a), await take(b)], [undefined, undefined]);
		await all.clock.advance(20_000);
		assert.equal(await take(b), undefined, 'a long run keeps it');
		release();
		await all.clock.settle();
		assert.ok(await take(b));
		b.dispose();
		await all.clock.settle();
		assert.ok(await take(a), 'a window that ended has let it go');
		assert.equal(await take(b), undefined, 'and takes nothing any more');
	});

	it('is taken without a store: nobody can know, and a person waits', async () => {
		all.store.transact = () => Promise.reject(new Error('down'));
		const release = await a.tryAcquire('batch:1');
		assert.ok(release);
		assert.equal(await a.tryAcquire('batch:1'), undefined);
		release();
		assert.ok(await a.tryAcquire('batch:1'));
	});

	it('is given back by a window that ended before the store answered', async () => {
		all.campaign(a, 'a');
		a.dispose();
		await all.clock.settle();
		assert.deepEqual([all.news(), all.holder], ['', undefined]);
		all.campaign(a, 'a');
		await all.clock.advance(5_000);
		assert.equal(all.news(), '');
	});

	it('a newer bid of the same window replaces the older one', async () => {
		const first = all.campaign(a, 'first');
		all.campaign(a, 'second');
		first();
		await all.clock.settle();
		assert.equal(all.news(), 'second begins');
	});
});
