import assert from 'node:assert/strict';
import type { LeaseId } from '../../../src/pool/pool';
import type { TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { admitted, answerCost, limit, spentIn, told } from '../../support/pool/calls';
import { bucket } from '../../support/team/sends';
import { useTeamWindows } from '../../support/team/useTeamWindows';

describe('what calls of several machines do to one bucket at the same time', () => {
	const windows = useTeamWindows();
	const many = 1_000;

	/** Two machines that hear nothing of each other but what the server answers them. */
	const twoMachines = async () => {
		const seen = { conflicts: 0, longest: 0 };
		const tamper = (link: TeamLink): TeamLink => ({
			...link,
			commit: async (commit) => {
				const reply = await link.commit(commit);
				if (reply.status === 'conflict') seen.conflicts++;
				for (const { body = '' } of reply.rows) seen.longest = Math.max(seen.longest, body.split('\n').length);
				return reply;
			},
		});
		const stores = [0, 1].map(() => windows().openMachine({ tamper, isDeaf: true })) as [TeamStore, TeamStore];
		for (const store of stores) await windows().until(store.transact((tx) => tx.bucket(bucket)));
		await windows().pass(90_000);
		await windows().until(admitted(stores[0], 'r0.1' as LeaseId, many));
		await windows().until(told(stores[0], 'r0.1' as LeaseId, 'answered'));
		await windows().spread();
		seen.conflicts = 0;
		return { stores, seen };
	};

	it('meets no conflict, and all of it counts', async () => {
		const { stores, seen } = await twoMachines();
		for (let n = 1; n <= 4; n++) {
			const leases = stores.map((_, one) => `r${n}.${one}` as LeaseId);
			const sent = stores.map((store, one) => admitted(store, leases[one] as LeaseId, many));
			assert.ok((await windows().until(Promise.all(sent))).every((one) => one));
			const ends = stores.map((store, one) => told(store, leases[one] as LeaseId, n % 2 ? 'answered' : 'refused'));
			await windows().until(Promise.all(ends));
		}
		assert.equal(seen.conflicts, 0);
		await windows().spread();
		for (const store of stores) {
			assert.equal(store.replica().bucket.get(bucket)?.day.requests, 1 + 4);
			assert.deepEqual(store.replica().bucket.get(bucket)?.leases, []);
			assert.equal(spentIn(store), 5 * answerCost);
		}
	});

	it('admits no more than the limit, of which each knows only its own part', async () => {
		const { stores, seen } = await twoMachines();
		await windows().pass(61_000);
		const sends = stores.flatMap((store, one) =>
			Array.from({ length: limit }, (_, n) => admitted(store, `s${one}${n}.1` as LeaseId)),
		);
		const granted = (await windows().until(Promise.all(sends))).filter((one) => one);
		assert.equal(granted.length, limit);
		assert.ok(seen.conflicts > 0);
	});

	it('does not grow without end: what was added becomes part of the document', async () => {
		const { stores, seen } = await twoMachines();
		for (let n = 0; n < 60; n++) {
			const lease = `t${n}.1` as LeaseId;
			const store = stores[n % 2] ?? assert.fail();
			assert.ok(await windows().until(admitted(store, lease, many)));
			assert.ok(await windows().until(told(store, lease, 'answered')));
		}
		assert.ok(seen.longest > 10 && seen.longest <= 40, `${seen.longest} lines`);
		await windows().spread();
		for (const store of stores) assert.equal(store.replica().bucket.get(bucket)?.day.requests, 61);
	});
});
