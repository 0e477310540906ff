import { randomUUID } from 'node:crypto';
import type { BucketEvent, BucketId, LeaseId, Room, Transaction } from '../../../src/pool/pool';
import { admit } from '../../../src/pool/quota/lease';
import { markUsed } from '../../../src/pool/health/keyRecord';
import type { TeamStore } from '../../../src/team/teamStore';
import type { TeamServer } from '../../support/team/teamServer';
import { keyOf } from '../answering';
import { teamUnder, type Costs, type TeamLoad } from './team';

export interface TeamFigures extends Costs {
	/** ms of each lease that was asked for. */
	readonly leases: readonly number[];
	/** ms of each step. */
	readonly steps: readonly number[];
	readonly granted: number;
	/** Grants beyond a key's limit, by our own count. */
	readonly overAdmissions: number;
}

const leaseMs = 60_000;

/** The store alone: each request takes a lease on a key by chance, renews it and ends, as its answer does after a while. */
export async function underLoad(server: TeamServer, load: TeamLoad): Promise<TeamFigures> {
	const team = await teamUnder(server, load);
	const { clock, chance } = team;
	const figures = { steps: [] as number[], leases: [] as number[], granted: 0 };
	const grants = new Map<string, number>();
	const timed = async <T>(store: TeamStore, step: (tx: Transaction, now: number) => T): Promise<T> => {
		const at = clock.monotonic();
		const result = await store.transact(step);
		figures.steps.push(clock.monotonic() - at);
		return result;
	};
	const request = async (store: TeamStore): Promise<void> => {
		const { id, project } = keyOf(Math.floor(chance() * load.keys));
		const bucket = `${project}/m` as BucketId;
		const lease = `${randomUUID()}.1` as LeaseId;
		const asked = { lease, holder: '', leaseMs, mayTest: false, likely: 10, atMost: 10 };
		const record = (tx: Transaction, event: BucketEvent, room?: Room): void =>
			tx.record({ kind: 'bucket', id: bucket, event }, room);
		const isGranted = await timed(store, (tx, now) => {
			if (tx.pool().paused) return false;
			const admitted = admit(tx.bucket(bucket), { ...asked, userLimits: { rpm: load.rpm } }, now);
			if ('reason' in admitted) return false;
			record(tx, { at: now, type: 'admitted', lease: admitted.lease }, admitted.room);
			tx.put({ kind: 'key', id, doc: markUsed(tx.key(id), now) });
			return true;
		});
		figures.leases.push(figures.steps.at(-1) ?? NaN);
		if (!isGranted) return;
		figures.granted++;
		grants.set(bucket, 1 + (grants.get(bucket) ?? 0));
		await timed(store, (tx, now) => {
			record(tx, { at: now + 1, type: 'renewed', lease, leaseMs });
		});
		await new Promise<void>((resolve) => void clock.after(300 + 700 * chance(), resolve));
		await timed(store, (tx, now) => {
			record(tx, { at: now, type: 'ended', lease, outcome: { type: 'answered' } });
		});
	};
	await team.play((machine) => request(team.stores[machine] as TeamStore));
	const costs = await team.end();
	// The whole run is shorter than a minute.
	const overAdmissions = [...grants.values()].reduce((sum, count) => sum + Math.max(0, count - load.rpm), 0);
	return { ...figures, ...costs, overAdmissions };
}
