import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import { InMemoryStore, type BucketId, type KeyId, type LeaseId, type ProjectId } from '../../../src/pool/pool';
import { admit, settle } from '../../../src/pool/quota/lease';
import { markUsed } from '../../../src/pool/health/keyRecord';
import type { OpenTeamLink, TeamReply } from '../../../src/team/link/link';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import type { TeamServer } from '../../support/team/teamServer';

export interface TeamLoad {
	readonly machines: number;
	readonly keys: number;
	/** Requests a second of each machine. */
	readonly rate: number;
	/** ms that the network adds to each round trip. */
	readonly roundTripMs: number;
	readonly ms: number;
	/** Requests a minute that each key allows. */
	readonly rpm: number;
}

export interface TeamFigures {
	/** ms of each step that was granted, ended or renewed. */
	readonly steps: readonly number[];
	readonly granted: number;
	/** Commits that were sent, of which some met a conflict. */
	readonly commits: number;
	readonly conflicts: number;
	/** Grants beyond a key's limit, by our own count. */
	readonly overAdmissions: number;
	readonly troubles: readonly string[];
	/** ms of processor time that the server took for each second. */
	readonly serverMs: number;
}

/** Machines of one team on a real server: each request takes a lease, hears its first chunk and ends. */
export async function underLoad(server: TeamServer, load: TeamLoad): Promise<TeamFigures> {
	const team = randomUUID();
	const figures = { steps: [] as number[], granted: 0, commits: 0, conflicts: 0 };
	const troubles: string[] = [];
	const grants = new Map<string, number[]>();
	const keys = Array.from({ length: load.keys }, (_, n) => ({
		...{ id: `k${n}` as KeyId, project: `p${n}` as ProjectId, secret: `sim-${n}` },
	}));
	const stores = Array.from({ length: load.machines }, (_, n) => {
		const link = valkeyLink({
			...{ server: server.address(), team, machine: `m${n}`, newId: randomUUID, clock: systemClock },
			// All of them are one process here, which may be late.
			deadlineMs: 30_000,
		});
		const store = new TeamStore({
			...{ machine: new InMemoryStore(systemClock), clock: systemClock, random: Math.random, scope: 'people' },
			...{ hmac: hmacSha256('sim-team'), newId: randomUUID, open: slowed(link, load.roundTripMs, figures) },
			onTrouble: (trouble) => troubles.push(trouble),
			onError: (error) => troubles.push(String(error)),
		});
		store.setKeys(keys);
		return store;
	});
	for (const store of stores) await store.transact((tx) => tx.key('k0' as KeyId));
	const processorBefore = await processorMs(server);
	const began = performance.now();
	const timed = async <T>(step: Promise<T>): Promise<T> => {
		const at = performance.now();
		const result = await step;
		figures.steps.push(performance.now() - at);
		return result;
	};
	const request = async (store: TeamStore): Promise<void> => {
		const { id, project } = keys[Math.floor(Math.random() * keys.length)] ?? {
			id: 'k0' as KeyId,
			project: 'p0' as ProjectId,
		};
		const bucket = `${project}/m` as BucketId;
		const lease = `${randomUUID()}.1` as LeaseId;
		const isGranted = await timed(
			store.transact((tx, now) => {
				if (tx.pool().paused) return false;
				const asked = { lease, holder: '', leaseMs: 60_000, mayTest: false, likely: 10, atMost: 10 };
				const admitted = admit(tx.bucket(bucket), { ...asked, userLimits: { rpm: load.rpm } }, now);
				if ('reason' in admitted) return false;
				tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
				tx.put({ kind: 'key', id, doc: markUsed(tx.key(id), now) });
				return true;
			}),
		);
		if (!isGranted) return;
		figures.granted++;
		grants.set(bucket, [...(grants.get(bucket) ?? []), performance.now()]);
		for (let n = 0; n < 2; n++) {
			await timed(
				store.transact((tx, now) => {
					const doc = n === 0 ? tx.bucket(bucket) : settle(tx.bucket(bucket), lease, { type: 'answered' }, now);
					tx.put({ kind: 'bucket', id: bucket, doc: { ...doc } });
				}),
			);
		}
	};
	const running: Promise<void>[] = [];
	const timers = stores.map((store) =>
		setInterval(() => running.push(request(store)), (1_000 / load.rate) * (0.9 + 0.2 * Math.random())),
	);
	await new Promise((resolve) => setTimeout(resolve, load.ms));
	for (const timer of timers) clearInterval(timer);
	await Promise.all(running);
	const seconds = (performance.now() - began) / 1_000;
	const serverMs = ((await processorMs(server)) - processorBefore) / seconds;
	for (const store of stores) await store.close();
	// The whole run is shorter than a minute.
	const overAdmissions = [...grants.values()].reduce((sum, one) => sum + Math.max(0, one.length - load.rpm), 0);
	return { ...figures, overAdmissions, troubles, serverMs };
}

function slowed(open: OpenTeamLink, ms: number, figures: { commits: number; conflicts: number }): OpenTeamLink {
	const half = (): Promise<void> =>
		ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms / 2));
	const slow = async (ask: () => Promise<TeamReply>): Promise<TeamReply> => {
		await half();
		const reply = await ask();
		await half();
		return reply;
	};
	return async (events) => {
		const link = await open(events);
		return {
			...{ hasCommitted: (id) => link.hasCommitted(id), close: () => link.close() },
			read: (store, since) => slow(() => link.read(store, since)),
			commit: async (commit) => {
				const reply = await slow(() => link.commit(commit));
				figures.commits++;
				if (reply.status === 'conflict') figures.conflicts++;
				return reply;
			},
		};
	};
}

async function processorMs(server: TeamServer): Promise<number> {
	const info = await server.ask((client) => client.info('cpu'));
	const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
	return 1_000 * (of('used_cpu_sys') + of('used_cpu_user'));
}
