import type { Clock } from '../../../src/pool/pool';
import type { OpenTeamLink, TeamLink, TeamReply } from '../../../src/team/link/link';

/** What went to the server. */
export interface Traffic {
	/** Commits that were sent, of which some met a conflict. */
	readonly commits: number;
	readonly conflicts: number;
	/** In how many conflicts a document of this kind was newer. */
	readonly conflictsBy: Readonly<Record<string, number>>;
}

/** A network that takes its time for each way, between links and the real server. In virtual time that is all that takes time. */
export function networkOf(clock: Clock, roundTripMs: number, isVirtual: boolean) {
	const traffic = { commits: 0, conflicts: 0, conflictsBy: {} as Record<string, number> };
	// Not one that may have lost what was sent last.
	const since = clock.wall() - 100_000;
	let underWay = 0;
	const half = (): Promise<void> =>
		roundTripMs === 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(roundTripMs / 2, resolve));
	const busy = async <T>(work: () => Promise<T>): Promise<T> => {
		underWay++;
		try {
			return await work();
		} finally {
			underWay--;
		}
	};
	const slow = async (ask: () => Promise<TeamReply>): Promise<TeamReply> => {
		await half();
		const reply = await busy(ask);
		// The server's clock is that of its machine.
		const told = isVirtual ? { ...reply, time: clock.wall(), since } : reply;
		await half();
		return told;
	};
	const through =
		(open: OpenTeamLink): OpenTeamLink =>
		(events) =>
			busy(async (): Promise<TeamLink> => {
				const link = await open(events);
				return {
					...{ hasCommitted: (id) => busy(() => link.hasCommitted(id)), close: () => link.close() },
					read: (store, rev) => slow(() => link.read(store, rev)),
					commit: async (commit) => {
						const reply = await slow(() => link.commit(commit));
						traffic.commits++;
						if (reply.status !== 'conflict') return reply;
						traffic.conflicts++;
						for (const kind of new Set(reply.rows.map(({ name }) => name.split(' ')[0] ?? ''))) {
							traffic.conflictsBy[kind] = (traffic.conflictsBy[kind] ?? 0) + 1;
						}
						return reply;
					},
				};
			});
	const reset = (): void => {
		Object.assign(traffic, { commits: 0, conflicts: 0, conflictsBy: {} });
	};
	return { traffic, through, reset, isQuiet: () => underWay === 0 };
}
