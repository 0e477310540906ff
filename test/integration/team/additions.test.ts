import assert from 'node:assert/strict';
import type { LeaseId } from '../../../src/pool/pool';
import type { TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { admitted, answerCost, limit, spentIn, told } from '../../support/pool/calls';
import { bucket, sentBy } from '../../support/team/sends';
import { TeamWindows } from '../../support/team/teamWindows';
import { useTeamServer } from '../../support/team/useTeamWindows';
import { keysOf } from '../../../src/team/valkey/script';

describe('what calls of several machines do to one bucket at the same time', () => {
	const server = useTeamServer();
	let all: TeamWindows;
	const windows = (): TeamWindows => all;
	beforeEach(() => {
		all = new TeamWindows(server());
	});
	afterEach(() => all.close());
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

	it('is what the document is from then on where nobody can read what somebody has put there', async () => {
		await twoMachines();
		const [, docs = ''] = keysOf(windows().team);
		await server().ask(async (client) => {
			for (const [name, value] of Object.entries(await client.hgetall(docs))) {
				await client.hset(docs, name, `${Number.parseInt(value, 10)} ${'x'.repeat(300_000)}`);
			}
		});
		const late = windows().openMachine();
		let granted = 0;
		for (let n = 0; n < 2 * limit; n++) if (await windows().until(admitted(late, `u${n}.1` as LeaseId))) granted++;
		assert.equal(granted, limit);
	});

	it('becomes part of a long document at once, since everybody must be able to read it', async () => {
		const { stores } = await twoMachines();
		const [, docs = ''] = keysOf(windows().team);
		await server().ask(async (client) => {
			for (const [name, value] of Object.entries(await client.hgetall(docs))) {
				await client.hset(docs, name, `${value}\n${Number.parseInt(value, 10)} 0 0 ${'x'.repeat(140_000)}`);
			}
		});
		assert.ok(await windows().until(admitted(stores[1], 'y1.1' as LeaseId, many)));
		const all = await server().ask((client) => client.hvals(docs));
		assert.ok(all.every(({ length }) => length < 2_000));
		await windows().spread();
		for (const store of stores) assert.equal(store.replica().bucket.get(bucket)?.day.requests, 2);
	});

	it('is known to whoever asks twice for the same commit, since a reply was lost on the way', async () => {
		let twice = false;
		const tamper = (link: TeamLink): TeamLink => ({
			...link,
			commit: async (commit) => {
				if (twice) await link.commit(commit);
				return link.commit(commit);
			},
		});
		const store = windows().openMachine({ tamper, isDeaf: true });
		await windows().until(store.transact((tx) => tx.bucket(bucket)));
		await windows().pass(90_000);
		await windows().until(admitted(store, 'v0.1' as LeaseId, many));
		twice = true;
		assert.ok(await windows().until(admitted(store, 'v1.1' as LeaseId, many)));
		assert.ok(await windows().until(told(store, 'v1.1' as LeaseId, 'refused')));
		const other = windows().openMachine();
		await windows().until(other.transact((tx) => tx.bucket(bucket)));
		assert.deepEqual(sentBy(other), [1, 1, 1], 'what was refused is given back');
	});

	it('is nothing of a step that failed', async () => {
		const { stores } = await twoMachines();
		const [store] = stores;
		const first = admitted(store, 'w1.1' as LeaseId, many);
		const failing = store.transact((tx, now) => {
			const lease = { id: 'w0.1' as LeaseId, holder: 'w', input: 1, sentAt: now, expiresAt: now + 60_000 };
			tx.record({ kind: 'bucket', id: bucket, event: { at: now, type: 'admitted', lease } });
			throw new Error('for a test');
		});
		const last = admitted(store, 'w2.1' as LeaseId, many);
		// The two go out together once the first is back.
		await assert.rejects(windows().until(failing), /for a test/);
		assert.ok((await windows().until(Promise.all([first, last]))).every((one) => one));
		assert.equal(store.replica().bucket.get(bucket)?.day.requests, 3);
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
