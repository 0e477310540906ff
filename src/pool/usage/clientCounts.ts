import type { Usage } from '../types/poolRequest';
import type { ClientCount, EpochMs, StateStore } from '../types/stateStore';
import { clientScope } from '../budget/spending';
import { longestDayMs, pacificMidnightAfter } from '../quota/pacificDay';

/** What a client has used in the Pacific day that goes on. */
export interface ClientUse {
	/** ms since 1970; 0: never. */
	readonly lastUsedAt: EpochMs;
	readonly requests: number;
	readonly input: number;
	readonly output: number;
	readonly endsAt: EpochMs;
}

/**
 * What each client of the pool uses, counted in the store and therefore together with every other window or replica: a client
 * is somebody who asks from outside, such as a tool behind the gateway.
 */
export class ClientCounts {
	constructor(private readonly store: StateStore) {}

	/**
	 * Counts a request of the client.
	 *
	 * @returns when its day ends, and counts nothing, where it has made as many as `limit` already
	 */
	admit(id: string, limit: number): Promise<EpochMs | undefined> {
		return this.store.transact((tx, now) => {
			const { day } = countAt(tx.client(id), now);
			if (day.requests >= limit) return day.endsAt;
			tx.put({ kind: 'client', id, doc: { v: 2, lastUsedAt: now, day: { ...day, requests: day.requests + 1 } } });
			return undefined;
		});
	}

	/** Adds what an answer used; `requests`: one that was not admitted by itself, or less one that was, and is none after all. */
	used(
		id: string,
		{ requests, usage }: { readonly requests: number; readonly usage?: Usage | undefined },
	): Promise<void> {
		const { input = 0, output = 0, thoughts = 0 } = usage ?? {};
		return this.store.transact((tx, now) => {
			const { day } = countAt(tx.client(id), now);
			const next = {
				...day,
				requests: Math.max(0, day.requests + requests),
				input: day.input + input,
				output: day.output + output + thoughts,
			};
			tx.put({ kind: 'client', id, doc: { v: 2, lastUsedAt: now, day: next } });
		});
	}

	/** The store's clock. */
	now(): EpochMs {
		return this.store.now();
	}

	of(id: string): ClientUse {
		const stored = this.store.replica().client.get(id);
		const { lastUsedAt, day } = countAt(stored, this.store.now());
		const { requests, input, output, endsAt } = day;
		return { lastUsedAt: stored ? lastUsedAt : 0, requests, input, output, endsAt };
	}

	/**
	 * Reads what clients have used, and spent as `client`: a team's server names nobody, so that of one who has not asked here
	 * this process cannot know whose documents those are.
	 */
	learn(clients: readonly { readonly id: string; readonly client: string }[]): Promise<void> {
		return this.store.transact((tx) => {
			for (const { id, client } of clients) {
				tx.client(id);
				tx.spending(clientScope(client));
			}
		});
	}

	/** Forgets a client that is no more. */
	forget(id: string): Promise<void> {
		return this.store.transact((tx) => tx.drop({ kind: 'client', id }));
	}
}

/** A count as it stands at `now`: a day that has ended, or that a clock which went backwards left, begins anew. */
function countAt(count: ClientCount | undefined, now: EpochMs): ClientCount {
	const { lastUsedAt = now, day } = count ?? {};
	if (day !== undefined && day.endsAt > now && day.endsAt <= now + longestDayMs) return { v: 2, lastUsedAt, day };
	return { v: 2, lastUsedAt, day: { endsAt: pacificMidnightAfter(now), requests: 0, input: 0, output: 0 } };
}

/** A count that was changed here and there while the store was out of reach: what either side added counts. */
export function mergeClientCounts(ours: ClientCount, theirs: ClientCount, base: ClientCount | undefined): ClientCount {
	if (ours.day.endsAt !== theirs.day.endsAt) return ours.day.endsAt > theirs.day.endsAt ? ours : theirs;
	const from = base?.day.endsAt === ours.day.endsAt ? base.day : undefined;
	const sum = (of: 'requests' | 'input' | 'output'): number =>
		theirs.day[of] + Math.max(0, ours.day[of] - (from?.[of] ?? 0));
	return {
		v: 2,
		lastUsedAt: Math.max(ours.lastUsedAt, theirs.lastUsedAt),
		day: { endsAt: ours.day.endsAt, requests: sum('requests'), input: sum('input'), output: sum('output') },
	};
}
