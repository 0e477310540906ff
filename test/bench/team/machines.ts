import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import {
	InMemoryStore,
	type BucketId,
	type Clock,
	type KeyId,
	type LeaseId,
	type ProjectId,
	type Transaction,
} from '../../../src/pool/pool';
import { admit, renewLease, settle } from '../../../src/pool/quota/lease';
import { markUsed } from '../../../src/pool/health/keyRecord';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { SocketClock } from '../../support/team/socketClock';
import type { TeamServer } from '../../support/team/teamServer';
import { seeded } from '../../support/simulator/stand';
import { networkOf, type Traffic } from './network';

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
	/**
	 * `virtual`: time stands still while the server and the machines work, so that a step takes what its round trips and its
	 * conflicts take, however busy this computer is. `real`: with all that fifty machines in one process add.
	 */
	readonly time: 'virtual' | 'real';
}

export interface TeamFigures extends Traffic {
	/** ms of each lease that was asked for. */
	readonly leases: readonly number[];
	/** ms of each step. */
	readonly steps: readonly number[];
	readonly granted: number;
	/** Grants beyond a key's limit, by our own count. */
	readonly overAdmissions: number;
	readonly troubles: readonly string[];
	/** ms of processor time that the server took for each second of the load. */
	readonly serverMs: number;
	/** The same of the process in which all machines are. */
	readonly machinesMs: number;
	/** ms at the 99th of a hundred looks: how late this process was. */
	readonly lateMs: number;
}

/** Machines of one team on a real server: each request takes a lease, renews it and ends. */
export async function underLoad(server: TeamServer, load: TeamLoad): Promise<TeamFigures> {
	const virtual = load.time === 'virtual' ? new SocketClock() : undefined;
	const clock: Clock = virtual ?? systemClock;
	const chance = seeded(load.roundTripMs + 1);
	const network = networkOf(clock, load.roundTripMs, virtual !== undefined);
	if (virtual) virtual.isQuiet = network.isQuiet;
	const team = randomUUID();
	const figures = { steps: [] as number[], leases: [] as number[], granted: 0 };
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
			...{ machine: new InMemoryStore(clock), clock, random: chance, scope: 'people' },
			...{ hmac: hmacSha256('sim-team'), newId: randomUUID, open: network.through(link) },
			onTrouble: (trouble) => troubles.push(trouble),
			onError: (error) => troubles.push(String(error)),
		});
		store.setKeys(keys);
		return store;
	});
	const until = async <T>(promise: Promise<T>): Promise<T> => {
		let isSettled = virtual === undefined;
		const mark = (): void => {
			isSettled = true;
		};
		promise.then(mark, mark);
		while (!isSettled) await virtual?.advance(10);
		return promise;
	};
	for (const store of stores) await until(store.transact((tx) => tx.key('k0' as KeyId)));
	Object.assign(network.traffic, { commits: 0, conflicts: 0, conflictsBy: {} });
	const processorBefore = await processorMs(server);
	const late = monitorEventLoopDelay({ resolution: 1 });
	late.enable();
	const own = process.cpuUsage();
	const began = clock.monotonic();
	const timed = async <T>(store: TeamStore, step: (tx: Transaction, now: number) => T): Promise<T> => {
		const at = clock.monotonic();
		const result = await store.transact(step);
		figures.steps.push(clock.monotonic() - at);
		return result;
	};
	const request = async (store: TeamStore): Promise<void> => {
		const { id, project } = keys[Math.floor(chance() * keys.length)] ?? {
			id: 'k0' as KeyId,
			project: 'p0' as ProjectId,
		};
		const bucket = `${project}/m` as BucketId;
		const lease = `${randomUUID()}.1` as LeaseId;
		const asked = { lease, holder: '', leaseMs: 60_000, mayTest: false, likely: 10, atMost: 10 };
		const isGranted = await timed(store, (tx, now) => {
			if (tx.pool().paused) return false;
			const admitted = admit(tx.bucket(bucket), { ...asked, userLimits: { rpm: load.rpm } }, now);
			if ('reason' in admitted) return false;
			tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
			tx.put({ kind: 'key', id, doc: markUsed(tx.key(id), now) });
			return true;
		});
		figures.leases.push(figures.steps.at(-1) ?? NaN);
		if (!isGranted) return;
		figures.granted++;
		grants.set(bucket, [...(grants.get(bucket) ?? []), clock.monotonic()]);
		await timed(store, (tx, now) => {
			tx.put({ kind: 'bucket', id: bucket, doc: renewLease(tx.bucket(bucket), lease, 60_000, now + 1) });
		});
		await timed(store, (tx, now) => {
			tx.put({ kind: 'bucket', id: bucket, doc: settle(tx.bucket(bucket), lease, { type: 'answered' }, now) });
		});
	};
	const running: Promise<void>[] = [];
	const askAgain = (store: TeamStore): void => {
		clock.after((1_000 / load.rate) * (0.5 + chance()), () => {
			if (clock.monotonic() - began >= load.ms) return;
			running.push(request(store));
			askAgain(store);
		});
	};
	for (const store of stores) askAgain(store);
	await until(new Promise<void>((resolve) => void clock.after(load.ms, resolve)));
	await until(Promise.all(running));
	const seconds = (clock.monotonic() - began) / 1_000;
	late.disable();
	const { user, system } = process.cpuUsage(own);
	const serverMs = ((await processorMs(server)) - processorBefore) / seconds;
	for (const store of stores) await store.close();
	return {
		...{ ...figures, ...network.traffic, troubles, serverMs },
		machinesMs: (user + system) / 1_000 / seconds,
		lateMs: late.percentile(99) / 1e6,
		// The whole run is shorter than a minute.
		overAdmissions: [...grants.values()].reduce((sum, one) => sum + Math.max(0, one.length - load.rpm), 0),
	};
}

/** What was measured, in one line. */
export function described(run: TeamFigures, p99: (values: readonly number[]) => number): string {
	const by = Object.entries(run.conflictsBy).map(([kind, count]) => `${count} by a ${kind}`);
	return (
		`${run.granted} leases, ${run.overAdmissions} beyond a limit; p99 of a lease ${p99(run.leases).toFixed(1)} ms, of a step ` +
		`${p99(run.steps).toFixed(1)} ms; ${run.commits} commits, ${run.conflicts} conflicts (${by.join(', ')}); the server worked ` +
		`${run.serverMs.toFixed(0)} ms a second, the machines ${run.machinesMs.toFixed(0)} ms, late by up to ${run.lateMs.toFixed(1)} ms`
	);
}

async function processorMs(server: TeamServer): Promise<number> {
	const info = await server.ask((client) => client.info('cpu'));
	const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
	return 1_000 * (of('used_cpu_sys') + of('used_cpu_user'));
}
