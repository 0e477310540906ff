import assert from 'node:assert/strict';
import type { KeyId, StateStore } from '../../../src/pool/pool';
import { TeamError, type TeamCommit, type TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const [a, b, c] = ['a', 'b', 'c'] as unknown as readonly [KeyId, KeyId, KeyId];

/** Takes one off the score; answers what is left. */
const lower = (store: StateStore, ...ids: readonly KeyId[]): Promise<number> =>
	store.transact((tx) => {
		for (const id of ids) tx.put({ kind: 'key', id, doc: { ...tx.key(id), score: tx.key(id).score - 1 } });
		return Math.min(...ids.map((id) => tx.key(id).score));
	});
const scores = (store: StateStore): readonly (number | undefined)[] =>
	[a, b, c].map((id) => store.replica().key.get(id)?.score);

/** A promise that is kept when told to be. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
	let open = (): void => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

describe('steps of one machine while the team’s server is in reach', () => {
	const windows = useTeamWindows();

	const opened = async (commit: (commit: TeamCommit, link: TeamLink) => ReturnType<TeamLink['commit']>) => {
		let isOn = false;
		const sent: TeamCommit[] = [];
		const store: TeamStore = windows().openMachine({
			tamper: (link) => ({
				...link,
				commit: (one) => {
					if (!isOn) return link.commit(one);
					sent.push(one);
					return commit(one, link);
				},
			}),
		});
		await windows().until(lower(store, a, b, c));
		isOn = true;
		return { store, sent };
	};
	const isOf = (store: TeamStore, { writes }: TeamCommit, first: TeamCommit | undefined): boolean =>
		store.isOnline && writes.some(({ name }) => first?.writes.some((one) => one.name === name) === true);

	it('go out at once where they share nothing: one that is slow holds up no other', async () => {
		const slow = gate();
		const { store, sent } = await opened(async (commit, link) => {
			if (isOf(store, commit, sent[0])) await slow.opened;
			return link.commit(commit);
		});
		const order: string[] = [];
		const first = lower(store, a).then(() => order.push('a'));
		const again = lower(store, a).then(() => order.push('a again'));
		const both = lower(store, a, b).then(() => order.push('a and b'));
		const afterBoth = lower(store, b).then(() => order.push('b'));
		await windows().until(lower(store, c).then(() => order.push('c')));
		assert.deepEqual(order, ['c']);
		slow.open();
		await windows().until(Promise.all([first, again, both, afterBoth]));
		assert.deepEqual(order, ['c', 'a', 'a again', 'a and b', 'b']);
		assert.deepEqual(scores(store), [96, 97, 98]);
		// Those that waited for the first were one commit.
		assert.equal(sent.length, 3);
	});

	it('wait for what is under way where they share something', async () => {
		const slow = gate();
		const { store, sent } = await opened(async (commit, link) => {
			if (sent.length === 1) await slow.opened;
			return link.commit(commit);
		});
		const first = lower(store, a);
		await windows().until(Promise.resolve());
		const shared = lower(store, a, b);
		const behind = lower(store, b);
		await windows().until(lower(store, c));
		assert.equal(sent.length, 2, 'b waits behind the one that waits for a');
		slow.open();
		assert.deepEqual(await windows().until(Promise.all([first, shared, behind])), [98, 97, 97]);
	});

	it('skip nothing that another machine has written where they themselves write nothing', async () => {
		const other = windows().openMachine();
		const store = windows().openMachine({ isDeaf: true });
		await windows().until(lower(store, a, b, c));
		await windows().spread();
		await windows().until(lower(other, a));
		assert.equal(await windows().until(store.transact((tx) => tx.key(c).score)), 99);
		await windows().spread();
		assert.deepEqual(scores(store), [98, 99, 99]);
	});

	it('leave one id of a commit on the server, however many they were: that of the last', async () => {
		const { store, sent } = await opened((commit, link) => link.commit(commit));
		for (let n = 0; n < 10; n++) await windows().until(lower(store, a));
		assert.equal(sent.length, 10);
		const heard = sent.flatMap((one) => one.heard ?? []);
		for (const { id } of sent.slice(0, -1)) assert.equal(heard.filter((one) => one === id).length, 1, id);
	});

	it('count once, several of them, whose replies were lost', async () => {
		const other = windows().openMachine();
		let isLost = true;
		const { store, sent } = await opened(async (commit, link) => {
			const reply = await link.commit(commit);
			if (isLost) throw new TeamError('unreachable');
			return reply;
		});
		const done = Promise.all([lower(store, a), lower(store, b), lower(store, c)]);
		await windows().until(done);
		assert.deepEqual([store.isOnline, sent.length], [false, 3]);
		isLost = false;
		await windows().eventually(() => store.isOnline, 500);
		await windows().spread();
		assert.deepEqual(
			[scores(store), scores(other)],
			[
				[98, 98, 98],
				[98, 98, 98],
			],
		);
	});
});
