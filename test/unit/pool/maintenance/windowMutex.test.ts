import assert from 'node:assert/strict';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { windowMutex } from '../../../../src/pool/maintenance/windowMutex';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';
import { VirtualClock } from '../../../support/virtualClock';

describe('a mutex of all windows', () => {
	let clock: VirtualClock;
	let elections: LeaderElection[];
	let window: (name: string) => ReturnType<typeof windowMutex>;
	/** What began and ended, in order. */
	let log: string[];
	beforeEach(() => {
		clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		elections = [];
		log = [];
		window = (name) => {
			const election = new LeaderElection(store, clock, name);
			elections.push(election);
			return windowMutex('keyring', () => election, clock);
		};
	});
	afterEach(() => {
		for (const election of elections) election.dispose();
	});
	const change = (name: string, ms: number) => async (): Promise<string> => {
		log.push(`${name} begins`);
		await new Promise<void>((done) => clock.after(ms, done));
		log.push(`${name} ends`);
		return name;
	};

	it('lets one window after the other change something, and returns what came of it', async () => {
		const [a, b] = [window('a'), window('b')];
		const both = Promise.all([a(change('a', 100)), b(change('b', 100))]);
		assert.deepEqual(await clock.until(both), ['a', 'b']);
		assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends']);
	});

	it('is held on to for half a second after a change, and not for longer', async () => {
		const [a, b] = [window('a'), window('b')];
		await clock.until(a(change('a', 10)));
		const other = b(change('b', 0));
		await clock.advance(490);
		assert.deepEqual(log, ['a begins', 'a ends']);
		await clock.advance(60);
		await other;
		assert.deepEqual(log.slice(2), ['b begins', 'b ends']);
	});

	it('is held through changes of one window that follow each other within that time', async () => {
		const [a, b] = [window('a'), window('b')];
		await clock.until(a(change('a', 10)));
		await clock.advance(300);
		const other = b(change('b', 0));
		await clock.until(a(change('a again', 10)));
		await clock.advance(400);
		assert.deepEqual(log.slice(2), ['a again begins', 'a again ends'], 'half a second counts from the last one');
		await clock.until(other);
		assert.deepEqual(log.slice(4), ['b begins', 'b ends']);
	});

	it('is free again after a change that failed, whose error the caller gets', async () => {
		const [a, b] = [window('a'), window('b')];
		await assert.rejects(clock.until(a(() => Promise.reject(new Error('no room')))), /no room/);
		assert.equal(await clock.until(b(change('b', 0))), 'b');
	});

	it('is waited for a minute at most: a window that is asked to unlock the storage does not hold up the others for ever', async () => {
		const [a, b] = [window('a'), window('b')];
		const stuck = a(() => new Promise<never>(() => undefined));
		const other = b(change('b', 0));
		await clock.advance(59_900);
		assert.deepEqual(log, []);
		await clock.advance(200);
		assert.equal(await other, 'b');
		void stuck;
	});
});
