import assert from 'node:assert/strict';
import { InMemoryStore, type Role } from '../../../../src/pool/pool';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../../support/virtualClock';

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
	/** A window that claimed a role and was never heard of again. */
	const ghost = (ms: number): Promise<void> =>
		store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 1, holder: 'ghost', expiresAt: now + ms } }),
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
			{
				replica: () => store.replica(),
				now: () => store.now(),
				onDidChange: (listener) => store.onDidChange(listener),
				close: () => store.close(),
				transact: (step) => {
					steps++;
					return store.transact(step);
				},
			},
			clock,
			'b',
		);
		campaign(b, 'b');
		await clock.advance(10_000);
		assert.equal(steps, 11, 'its own looks, one a second');
	});
});
