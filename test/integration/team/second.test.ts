import assert from 'node:assert/strict';
import type { KeyId, ProjectId, StateStore } from '../../../src/pool/pool';
import type { TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import type { WindowParts } from '../../support/team/teamWindows';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const key = 'a' as KeyId;

const quarantine = (store: StateStore): Promise<void> =>
	store.transact((tx, since) => {
		const status = { state: 'quarantined', reason: 'badKey', since, rechecksLeft: [], hadWorked: true } as const;
		tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), status } });
	});
const isQuarantined = (store: StateStore): boolean => store.replica().key.get(key)?.status.state === 'quarantined';
const pause = (store: StateStore): Promise<void> =>
	store.transact((tx, since) =>
		tx.put({ kind: 'pool', doc: { ...tx.pool(), paused: { reason: 'leaked', by: key, since } } }),
	);
const isPaused = (store: StateStore): boolean => store.replica().pool.paused !== undefined;

describe('what one machine of a team knows, the others know within a second', () => {
	const windows = useTeamWindows();
	let one: TeamStore;

	const opened = async (more: WindowParts = {}): Promise<TeamStore> => {
		const store = windows().openMachine(more);
		await windows().until(store.transact((tx) => tx.key(key)));
		return store;
	};
	/** ms of virtual time until the other shows it. */
	const tookUntil = async (isShown: () => boolean): Promise<number> => {
		for (let ms = 0; ms <= 10_000; ms += 10) {
			if (isShown()) return ms;
			await windows().pass(10);
		}
		return Infinity;
	};

	for (const [what, act, isShown] of [
		['a key that is quarantined', quarantine, isQuarantined],
		['a pause', pause, isPaused],
	] as const) {
		it(`${what}, with the server’s word`, async () => {
			one = await opened();
			const two = await opened();
			await windows().pass(3_333);
			await act(one);
			const ms = await tookUntil(() => isShown(two));
			assert.ok(ms <= 260, `${ms} ms`);
		});

		it(`${what}, although the server’s word is lost`, async () => {
			one = await opened();
			const two = await opened({ isDeaf: true });
			await windows().pass(3_333);
			await act(one);
			const ms = await tookUntil(() => isShown(two));
			assert.ok(ms <= 1_000, `${ms} ms`);
		});

		it(`${what}, although the word comes while a reply that does not have it is on its way`, async () => {
			one = await opened();
			let isSlow = false;
			let isUnderWay = false;
			const slow = (link: TeamLink): TeamLink => ({
				...link,
				read: async (store, since) => {
					const reply = await link.read(store, since);
					if (!isSlow) return reply;
					isUnderWay = true;
					await new Promise<void>((resolve) => void windows().clock.after(200, resolve));
					isSlow = false;
					return reply;
				},
			});
			const two = await opened({ tamper: slow });
			isSlow = true;
			await windows().eventually(() => isUnderWay, 10);
			await act(one);
			const ms = await tookUntil(() => isShown(two));
			assert.ok(ms <= 500, `${ms} ms`);
		});
	}

	it('a pause, and it stops nobody who does not hold its key, nor can they lift it', async () => {
		one = await opened();
		const [two, other] = [await opened(), await opened()];
		other.setKeys([{ id: 'own' as KeyId, project: 'own' as ProjectId, secret: 'sim-of-nobody-else' }]);
		await windows().eventually(() => other.isOnline, 100);
		await pause(one);
		assert.ok((await tookUntil(() => isPaused(two))) < 1_000);
		await windows().spread();
		assert.equal(isPaused(other), false);
		await other.transact((tx) => tx.put({ kind: 'pool', doc: { ...tx.pool() } }));
		await windows().spread();
		assert.deepEqual([one, two, other].map(isPaused), [true, true, false]);
		await pause(other);
		await two.transact((tx) => {
			const { paused: _, ...doc } = tx.pool();
			tx.put({ kind: 'pool', doc });
		});
		await windows().spread();
		assert.deepEqual([one, two, other].map(isPaused), [false, false, true], 'a key of one’s own stops only oneself');
	});

	it('also what is written while a machine comes in', async () => {
		one = await opened();
		let isFirst = true;
		const two = await opened({
			isJoining: true,
			tamper: (link) => ({
				...link,
				commit: async (commit) => {
					if (isFirst) await quarantine(one);
					isFirst = false;
					return link.commit(commit);
				},
			}),
		});
		const ms = await tookUntil(() => isQuarantined(two));
		assert.ok(ms <= 1_000, `${ms} ms`);
	});
});
