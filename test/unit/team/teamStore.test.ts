import assert from 'node:assert/strict';
import { hmacSha256 } from '../../../src/node/valkey';
import type { KeyId, ProjectId } from '../../../src/pool/pool';
import {
	TeamError,
	type TeamCommit,
	type TeamLink,
	type TeamReply,
	type TeamTrouble,
} from '../../../src/team/link/link';
import { TeamStore } from '../../../src/team/teamStore';
import { VirtualClock } from '../../support/virtualClock';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const key = 'a' as KeyId;

/** A machine, and a server that takes everything, unless it is told otherwise. */
function machineOf(
	answers: {
		open?: () => void;
		read?: () => Promise<void>;
		commit?: (commit: TeamCommit) => Promise<void>;
	} = {},
) {
	const clock = new VirtualClock();
	const machine = new InMemoryStore(clock);
	const [troubles, errors]: [TeamTrouble[], unknown[]] = [[], []];
	let rev = 0;
	/** Connections that are open. */
	const links = { open: 0 };
	const reply = (): TeamReply => {
		const time = clock.wall();
		return { ...{ status: 'ok', store: 's', rev, time, machines: 1, since: 0, isComplete: true }, rows: [] };
	};
	const link: TeamLink = {
		read: async () => {
			await answers.read?.();
			return reply();
		},
		commit: async (commit) => {
			await answers.commit?.(commit);
			if (commit.writes.length > 0) rev++;
			return reply();
		},
		hasCommitted: () => Promise.resolve(false),
		close: () => {
			links.open = 0;
		},
	};
	let ids = 0;
	const store = new TeamStore({
		...{ machine, clock, random: () => 0.5, hmac: hmacSha256('team'), scope: 'people', newId: () => `id-${++ids}` },
		open: async () => {
			await Promise.resolve();
			answers.open?.();
			links.open++;
			return link;
		},
		onTrouble: (trouble) => troubles.push(trouble),
		onError: (error) => errors.push(error),
	});
	store.setKeys([{ id: key, project: 'p' as ProjectId, secret: 'sim-a' }]);
	return { store, clock, machine, troubles, errors, links };
}

describe('the store of a team', () => {
	it('says what is wrong with the server, and when that becomes something else, and not at each try', async () => {
		const now: { trouble?: TeamTrouble } = { trouble: 'unreachable' };
		const { store, clock, troubles, errors } = machineOf({
			open: () => {
				if (now.trouble) throw new TeamError(now.trouble);
			},
		});
		await clock.advance(60_000);
		assert.deepEqual(troubles, ['unreachable']);
		now.trouble = 'wrongPassword';
		await clock.advance(60_000);
		assert.deepEqual(troubles, ['unreachable', 'wrongPassword']);
		delete now.trouble;
		await clock.advance(20_000);
		assert.ok(store.isOnline);
		await store.close();
		assert.deepEqual(errors, []);
	});

	it('is left without a step being lost: what is under way ends there, what waits runs on the machine', async () => {
		const held: (() => void)[] = [];
		const { store, clock, machine, errors } = machineOf({
			commit: (commit) =>
				commit.writes.some(({ name }) => name.startsWith('key'))
					? new Promise((resolve) => held.push(resolve))
					: Promise.resolve(),
		});
		await clock.advance(100);
		assert.ok(store.isOnline);
		const lower = (): Promise<number> =>
			store.transact((tx) => {
				const doc = { ...tx.key(key), score: tx.key(key).score - 1 };
				tx.put({ kind: 'key', id: key, doc });
				return doc.score;
			});
		const all = [lower()];
		await clock.settle();
		assert.equal(held.length, 1);
		all.push(lower());
		const left = store.leave().then(() => store.close());
		await clock.settle();
		for (const release of held) release();
		assert.deepEqual(await Promise.all(all), [99, 98]);
		await left;
		assert.equal(machine.replica().key.get(key)?.score, 98);
		assert.deepEqual(errors, []);
	});

	for (const what of ['read', 'commit'] as const) {
		for (const isLost of [false, true]) {
			it(`keeps no connection where it is closed while its first ${what} is ${isLost ? 'lost' : 'answered late'}`, async () => {
				let answer = (): void => undefined;
				const late = (): Promise<void> =>
					new Promise((resolve, reject) => {
						answer = () => (isLost ? reject(new TeamError('unreachable')) : resolve());
					});
				const { store, clock, links, errors } = machineOf({ [what]: late });
				await clock.settle();
				assert.equal(links.open, 1);
				const closed = store.close();
				answer();
				await clock.settle();
				await closed;
				assert.equal(links.open, 0, 'it would keep the process alive');
				assert.deepEqual(errors, []);
			});
		}
	}
});
