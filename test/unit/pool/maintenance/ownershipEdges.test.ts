import assert from 'node:assert/strict';
import { MemoryLedger, type Role } from '../../../../src/pool/pool';
import { Ownership } from '../../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../../support/virtualClock';

describe('ownership of a role, at its edges', () => {
	let clock: VirtualClock;
	let ledger: MemoryLedger;
	let log: string[];
	beforeEach(() => {
		clock = new VirtualClock();
		ledger = new MemoryLedger(clock);
		log = [];
	});

	const window = (name: string): Ownership => new Ownership(ledger, clock, name);
	const bid = (owner: Ownership, name: string, role: Role = 'metrics'): (() => void) =>
		owner.bid(role, () => {
			log.push(`${name} begins ${role}`);
			return () => log.push(`${name} ends ${role}`);
		});
	/** A window that claimed a role and was never heard of again. */
	const ghost = (ms: number): Promise<void> =>
		ledger.transact((tx, now) =>
			tx.put({ kind: 'owner', id: 'metrics', doc: { v: 1, holder: 'ghost', expiresAt: now + ms } }),
		);

	it('stays with its owner, whenever the others look', async () => {
		const a = window('a');
		bid(a, 'a');
		await clock.advance(600);
		bid(window('b'), 'b');
		await clock.advance(60_000);
		assert.deepEqual(log, ['a begins metrics']);
	});

	it('that nobody renewed is free to the millisecond, and a claim of the far future is none', async () => {
		const began = clock.steady();
		await ghost(3_500);
		await clock.advance(500);
		const a = window('a');
		bid(a, 'a');
		await clock.advance(2_999);
		assert.equal(a.owns('metrics'), false);
		await clock.advance(1);
		assert.deepEqual([a.owns('metrics'), clock.steady() - began], [true, 3_500]);
		a.dispose();
		await clock.settle();
		await ghost(7_000);
		const b = window('b');
		bid(b, 'b');
		await clock.settle();
		assert.equal(b.owns('metrics'), false);
		b.dispose();
		await ghost(7_001);
		const c = window('c');
		bid(c, 'c');
		await clock.settle();
		assert.equal(c.owns('metrics'), true);
	});

	it('is not lost because somebody else does not want it any more', async () => {
		const [a, b] = [window('a'), window('b')];
		bid(a, 'a');
		const withdraw = bid(b, 'b');
		await clock.settle();
		withdraw();
		b.dispose();
		await clock.settle();
		assert.equal(ledger.replica().owner.get('metrics')?.holder, 'a');
		assert.deepEqual(log, ['a begins metrics']);
	});

	it('nothing begins in a window that has ended, and nothing goes on', async () => {
		const a = window('a');
		bid(a, 'a');
		await clock.settle();
		a.dispose();
		bid(a, 'late', 'alerts');
		await clock.advance(10_000);
		assert.deepEqual(log, ['a begins metrics', 'a ends metrics']);
		assert.deepEqual([a.owns('metrics'), clock.pending], [false, 0]);
	});

	it('a window looks by one timer, however many roles it bids for, and by none once it bids for none', async () => {
		const a = window('a');
		const withdraw = (['metrics', 'alerts', 'housekeeping'] as const).map((role) => bid(a, 'a', role));
		await clock.advance(5_500);
		assert.equal(clock.pending, 1);
		for (const end of withdraw) end();
		await clock.advance(2_000);
		assert.equal(clock.pending, 0);
	});

	it('others that keep their roles wake nobody', async () => {
		bid(window('a'), 'a');
		await clock.advance(300);
		let steps = 0;
		const b = new Ownership(
			{
				replica: () => ledger.replica(),
				now: () => ledger.now(),
				onDidChange: (listener) => ledger.onDidChange(listener),
				close: () => ledger.close(),
				transact: (step) => {
					steps++;
					return ledger.transact(step);
				},
			},
			clock,
			'b',
		);
		bid(b, 'b');
		await clock.advance(10_000);
		assert.equal(steps, 11, 'its own looks, one a second');
	});
});
