import assert from 'node:assert/strict';
import type { Bucket, BucketId } from '../../../src/pool/pool';
import { followSummaries, merged, readSummary } from '../../../src/web/summary';
import { VirtualClock } from '../../support/virtualClock';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const id = 'p/m' as BucketId;

/** The extension's storage, as two workspaces share it. */
function memory() {
	const values = new Map<string, unknown>();
	return {
		values,
		get: (name: string): unknown => values.get(name),
		update: (name: string, value: unknown): Promise<void> => {
			// As VS Code keeps it: as text.
			values.set(name, JSON.parse(JSON.stringify(value)));
			return Promise.resolve();
		},
	};
}

describe('the summary of workspaces', () => {
	const errors: unknown[] = [];
	const clock = new VirtualClock();
	const open = (shared: ReturnType<typeof memory>) =>
		followSummaries(new InMemoryStore(clock), shared, clock, (error) => errors.push(error));
	const change = (store: ReturnType<typeof open>, by: (bucket: Bucket) => Bucket): Promise<void> =>
		store.transact((tx) => tx.put({ kind: 'bucket', id, doc: by(tx.bucket(id)) }));
	afterEach(() => assert.deepEqual(errors, []));

	it('makes the next workspace as careful as this one: cooldowns, limits, counts of the day', async () => {
		const shared = memory();
		const one = open(shared);
		const until = clock.wall() + 600_000;
		const now = clock.wall();
		await change(one, (bucket) => ({
			...bucket,
			status: { state: 'coolingDown', reason: 'rpd', until, since: now, backoffLevel: 0 },
			limits: { rpd: { value: 20, source: 'stated', at: now, retestAt: until, retestMs: 1_000 } },
			day: { ...bucket.day, requests: 20 },
			minute: [[now, now, 5, 100]],
		}));
		await clock.advance(15_000);
		const two = open(shared);
		const bucket = await two.transact((tx) => tx.bucket(id));
		assert.deepEqual(
			[bucket.status.state, bucket.limits.rpd?.value, bucket.day.requests, bucket.minute],
			['coolingDown', 20, 20, []],
		);
	});

	it('takes nothing back: the later cooldown and the higher count hold', async () => {
		const shared = memory();
		const one = open(shared);
		await change(one, (bucket) => ({ ...bucket, day: { ...bucket.day, requests: 3 } }));
		await clock.advance(15_000);
		const store = new InMemoryStore(clock);
		await store.transact((tx, now) => {
			const bucket = tx.bucket(id);
			const status = { state: 'coolingDown', reason: 'rpm', until: now + 60_000, since: now, backoffLevel: 0 } as const;
			tx.put({ kind: 'bucket', id, doc: { ...bucket, status, day: { ...bucket.day, requests: 7 } } });
		});
		const two = followSummaries(store, shared, clock, (error) => errors.push(error));
		const bucket = await two.transact((tx) => tx.bucket(id));
		assert.deepEqual([bucket.status.state, bucket.day.requests], ['coolingDown', 7]);
	});

	it('lets a rest that a clock ahead has told of last minutes, as it would have, in the next workspace and in the one after, not a day', async () => {
		const shared = memory();
		clock.jump(86_400_000);
		const now = clock.wall();
		const status = {
			state: 'coolingDown',
			reason: 'capacity',
			until: now + 600_000,
			since: now,
			backoffLevel: 0,
		} as const;
		await change(open(shared), (bucket) => ({ ...bucket, status }));
		await clock.advance(15_000);
		clock.jump(-86_400_000);
		const endsAt: number[] = [];
		for (let n = 0; n < 2; n++) {
			const next = open(shared);
			const bucket = await next.transact((tx) => tx.bucket(id));
			endsAt.push(bucket.status.state === 'coolingDown' ? bucket.status.until : NaN);
			await change(next, (one) => ({ ...one, day: { ...one.day, requests: one.day.requests + 1 } }));
			await clock.advance(15_000);
		}
		const most = now - 86_400_000 + 660_000;
		assert.ok(
			endsAt.every((at) => at > most - 60_000 && at < most),
			endsAt.join(),
		);
	});

	it('forgets what is over, and what is no document', async () => {
		const store = open(memory());
		await change(store, (bucket) => ({ ...bucket, day: { ...bucket.day, requests: 1 } }));
		const [kept] = merged([], store.replica(), clock.wall());
		assert.ok(kept);
		assert.deepEqual(merged([kept], new InMemoryStore(clock).replica(), clock.wall() + 2 * 86_400_000), []);
		assert.deepEqual(readSummary([kept, ['x'], 5, [id, { v: 9 }], 'text']), [kept]);
		assert.deepEqual(readSummary({ no: 'list' }), []);
	});

	it('is no longer written once the window closes', async () => {
		const shared = memory();
		const store = open(shared);
		await change(store, (bucket) => ({ ...bucket, day: { ...bucket.day, requests: 1 } }));
		await store.close();
		await clock.advance(60_000);
		assert.equal(shared.values.size, 0);
	});
});
