import assert from 'node:assert/strict';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { Files } from '../../support/store/files';

describe('roles that one window at a time may have', () => {
	let files: Files;
	beforeEach(() => {
		files = new Files();
	});
	afterEach(() => files.close());

	/** A window that bids for the metrics; `runs` tells whether it does that work now. */
	async function window(name: string) {
		const store = files.open();
		await store.transact(() => undefined);
		const state = { runs: false };
		const election = new LeaderElection(store, files.clock, name);
		const withdraw = election.campaign('metrics', () => {
			state.runs = true;
			return () => {
				state.runs = false;
			};
		});
		await files.clock.settle();
		return { store, election, withdraw, runs: () => state.runs };
	}

	it('only the first has it, and keeps it', async () => {
		const windows = [await window('a'), await window('b'), await window('c')];
		for (let second = 0; second < 20; second++) {
			await files.clock.advance(1_000);
			assert.deepEqual(
				windows.map(({ runs }) => runs()),
				[true, false, false],
			);
		}
	});

	it('another takes over within 5 s of a crash, and only one does', async () => {
		const [a, b, c] = [await window('a'), await window('b'), await window('c')];
		await files.clock.advance(1_700);
		// A process that is killed writes nothing any more.
		await a.store.close();
		await files.clock.advance(5_000);
		assert.deepEqual([b.runs(), c.runs()].sort(), [false, true]);
	});

	it('another takes over at once where the owner closes in order', async () => {
		const [a, b] = [await window('a'), await window('b')];
		a.election.dispose();
		assert.equal(a.runs(), false);
		await files.clock.advance(500);
		assert.equal(b.runs(), true);
	});

	it('a bid that is withdrawn frees the role', async () => {
		const [a, b] = [await window('a'), await window('b')];
		a.withdraw();
		await files.clock.advance(500);
		assert.deepEqual([a.runs(), b.runs()], [false, true]);
	});

	it('an owner that slept for an hour learns that it has lost the role before it goes on', async () => {
		const [a, b] = [await window('a'), await window('b')];
		files.clock.jump(3_600_000);
		await files.clock.advance(5_000);
		assert.equal([a, b].filter(({ runs }) => runs()).length, 1);
	});
});
