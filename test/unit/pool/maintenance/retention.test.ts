import assert from 'node:assert/strict';
import { usageOf } from '../../../support/pool/counts';
import { aKey } from '../../../support/aKey';
import {
	Maintenance,
	nameOf,
	type BucketId,
	type KeyId,
	type ProjectId,
	type SpendingScope,
	type Write,
} from '../../../../src/pool/pool';
import { initialActivity } from '../../../../src/pool/budget/clientActivity';
import { initialSpending } from '../../../../src/pool/budget/spending';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { answers, Rig } from '../../../support/pool/rig';

const hour = 3_600_000;
const day = 24 * hour;
/** Of the rig: every document is written at this moment. */
const now = Date.UTC(2026, 10, 24, 20);
const a = 'a' as KeyId;
const gone = 'gone' as KeyId;

/** Names of what is forgotten of these documents, by a pool that has the key `a` of the project `p-a`. */
async function forgotten(
	writes: readonly Write[],
	keys: ConstructorParameters<typeof Rig>[0] = { a: {} },
): Promise<string> {
	const rig = new Rig(keys, answers);
	await rig.store.transact((tx) => writes.forEach((write) => tx.put(write)));
	const told: string[] = [];
	rig.store.onDidChange((refs) => told.push(...refs.map(nameOf)));
	await rig.maintenance.applyRetention();
	return told.join(', ');
}

const bucket = (id: string, more: object): Write => ({
	...{ kind: 'bucket', id: id as BucketId, doc: { ...initialBucket(now), ...more } },
});
const minuteAt = (at: number): object => ({ minute: [[at - 5, at, 1, 1]] });
const key = (id: KeyId, more: object): Write => ({ kind: 'key', id, doc: { ...initialKeyRecord, ...more } });

describe('what is forgotten', () => {
	it('a bucket that nobody has touched for eight days; of a project that is gone, after one', async () => {
		assert.equal(await forgotten([bucket('p-a/m', minuteAt(now - 8 * day))]), '');
		assert.equal(await forgotten([bucket('p-a/m', minuteAt(now - 8 * day - 1))]), 'bucket p-a/m');
		assert.equal(await forgotten([bucket('p-x/m', minuteAt(now - day))]), '');
		assert.equal(await forgotten([bucket('p-x/m', minuteAt(now - day - 1))]), 'bucket p-x/m');
		assert.equal(
			await forgotten([bucket('p-x/m', minuteAt(now - day - 1))], {}),
			'',
			'no keys: they may not be read yet',
		);
	});

	it('a bucket is touched by a cooldown, a count, a call and a limit', async () => {
		const long = now - 9 * day;
		const touched: readonly object[] = [
			{ status: { state: 'coolingDown', reason: 'rpm', since: long, until: now - day, backoffLevel: 0 } },
			{ status: { state: 'unsupported', reason: 'tierLacksModel', until: now - day } },
			{ day: { endsAt: now, requests: 1, input: 1 } },
			{ leases: [{ id: 'l', holder: 'r', input: 1, sentAt: long, expiresAt: now - day }] },
			{ limits: { rpm: { value: 5, source: 'stated', at: now - day, retestAt: now, retestMs: 1 } } },
		];
		for (const more of touched) assert.equal(await forgotten([bucket('p-a/m', more)]), '', JSON.stringify(more));
		assert.equal(await forgotten([bucket('p-a/m', { day: { endsAt: now, requests: 0, input: 0 } })]), 'bucket p-a/m');
		const untouched: readonly object[] = [
			{ day: { endsAt: now - 7 * day - 1, requests: 1, input: 0 } },
			{ leases: [{ id: 'l', holder: 'r', input: 1, sentAt: long, expiresAt: long }] },
			{ limits: { rpm: { value: 5, source: 'stated', at: long, retestAt: now, retestMs: 1 } } },
		];
		for (const more of untouched)
			assert.equal(await forgotten([bucket('p-a/m', more)]), 'bucket p-a/m', JSON.stringify(more));
	});

	it('a key that is gone, a day after its last use or change; never one that a person has', async () => {
		assert.equal(await forgotten([key(a, { lastUsed: 0 })]), '');
		assert.equal(await forgotten([key(gone, { lastUsed: now - day })]), '');
		assert.equal(await forgotten([key(gone, { lastUsed: now - day - 1 })]), 'key gone');
		assert.equal(await forgotten([key(gone, { lastUsed: 0, status: { state: 'verified', since: now - day } })]), '');
		assert.equal(await forgotten([key(gone, { lastUsed: 0 })], {}), '');
	});

	it('a model that no bucket has, unless it backs off or is missing', async () => {
		const model = (more: object): Write => ({ kind: 'model', id: 'm', doc: { ...initialModelRecord, ...more } });
		assert.equal(await forgotten([model({})]), 'model m');
		assert.equal(await forgotten([model({ overloadedUntil: now })]), 'model m');
		assert.equal(await forgotten([model({ overloadedUntil: now + 1 })]), '');
		assert.equal(await forgotten([model({ missingUntil: now })]), 'model m');
		assert.equal(await forgotten([model({ missingUntil: now + 1 })]), '');
		const hourAndAHalfMinute = hour + 30_000;
		assert.equal(await forgotten([model({ askedAt: now - hourAndAHalfMinute })]), 'model m');
		assert.equal(await forgotten([model({ askedAt: now - hourAndAHalfMinute + 1 })]), '', 'it is asked for');
		assert.equal(await forgotten([model({}), bucket('p-a/m', minuteAt(now))]), '');
		assert.equal(
			await forgotten([model({ resolvesTo: { model: 'real', from: 'quota' } }), bucket('p-a/real', minuteAt(now))]),
			'',
		);
		assert.equal(
			await forgotten([model({ resolvesTo: { model: 'real', from: 'quota' } }), bucket('p-a/m', minuteAt(now))]),
			'model m',
		);
		assert.equal(
			await forgotten([model({}), bucket('p-a/m', minuteAt(now - 9 * day))]),
			'bucket p-a/m, model m',
			'with its last bucket',
		);
	});

	it('counts after a day, requestRecords after eight, windows and owners that have been silent for a minute', async () => {
		const minute = Math.floor(now / 60_000);
		const usage = (of: number): Write => usageOf({ minute: of, key: a, outcome: 'answered', sends: 1 });
		const hour = Math.floor((minute - 24 * 60) / 60);
		assert.equal(await forgotten([usage(minute - 24 * 60)]), '');
		assert.equal(await forgotten([usage(hour * 60)]), '', 'an hour that a day ago runs through');
		assert.equal(await forgotten([usage(hour * 60 - 1)]), `usage ${hour - 1} a`);
		const attempts = (endedAt: number): Write => ({
			...{
				kind: 'requestRecord',
				id: 't',
				doc: { request: 't', origin: 'chat', endedAt, outcome: 'answered', attempts: [] },
			},
		});
		assert.equal(await forgotten([attempts(now - 8 * day)]), '');
		assert.equal(await forgotten([attempts(now - 8 * day - 1)]), 'requestRecord t');
		const line = (heartbeatAt: number): Write => ({
			kind: 'windowQueue',
			id: 'w',
			doc: { v: 2, heartbeatAt, requests: [], chatStreak: 0 },
		});
		assert.equal(await forgotten([line(now - 60_000)]), '');
		assert.equal(await forgotten([line(now - 60_001)]), 'windowQueue w');
		const owner = (expiresAt: number): Write => ({
			kind: 'leader',
			id: 'metrics',
			doc: { v: 2, holder: 'w', expiresAt },
		});
		assert.equal(await forgotten([owner(now - 60_000)]), '');
		assert.equal(await forgotten([owner(now - 60_001)]), 'leader metrics');
	});

	it('cooldowns a day after the last of them, clients after eight days', async () => {
		const cooldowns = (...ends: readonly number[]): Write => ({
			...{ kind: 'cooldown', id: 'p-a/m' as BucketId },
			doc: { v: 2, spans: ends.map((until) => ({ reason: 'rpm', from: until - 1, until })) },
		});
		assert.equal(await forgotten([cooldowns(now - day)]), '');
		assert.equal(await forgotten([cooldowns(now - 2 * day, now - day - 1)]), 'cooldown p-a/m');
		assert.equal(await forgotten([cooldowns()]), 'cooldown p-a/m', 'there was none');
		const client = (lastUsedAt: number): Write => ({
			...{ kind: 'client', id: 'gateway:cline' },
			doc: { v: 2, lastUsedAt, day: { endsAt: now, requests: 1, input: 1, output: 1 } },
		});
		assert.equal(await forgotten([client(now - 8 * day)]), '');
		assert.equal(await forgotten([client(now - 8 * day - 1)]), 'client gateway:cline');
	});

	it('what was spent, when its month is over for certain; of a project that is gone, after a day; of the pool, never', async () => {
		const spending = (id: SpendingScope, endsAt: number): Write => {
			const { day: counted, ...rest } = initialSpending(now);
			return { kind: 'spending', id, doc: { ...rest, day: { ...counted, endsAt } } };
		};
		for (const scope of ['project/p-a', 'client/chat'] as const) {
			assert.equal(await forgotten([spending(scope, now - 32 * day)]), '', scope);
			assert.equal(await forgotten([spending(scope, now - 32 * day - 1)]), `spending ${scope}`);
		}
		assert.equal(await forgotten([spending('project/p-x', now - day)]), '');
		assert.equal(await forgotten([spending('project/p-x', now - day - 1)]), 'spending project/p-x');
		assert.equal(await forgotten([spending('project/p-x', now - day - 1)], {}), '', 'keys may not be read yet');
		assert.equal(await forgotten([spending('pool', now - 1_000 * day)]), '');
		const { doc, ...stopped } = spending('client/gateway:cline', now - 1_000 * day) as Extract<
			Write,
			{ kind: 'spending' }
		>;
		const held = { ...initialActivity(now), held: { since: now - 1_000 * day, cause: 'tenfoldHour' } } as const;
		const until = 'until a person lets it go on';
		assert.equal(await forgotten([{ ...stopped, doc: { ...doc, activity: held } }]), '', until);
	});

	it('nothing of a person’s own keys because a team’s gateway answers in their place', async () => {
		const condemned = {
			lastUsed: 0,
			status: { state: 'quarantined', reason: 'leakedKey', since: 0, rechecksLeft: [] },
		};
		const { day: counted, ...rest } = initialSpending(now);
		const spent = { ...rest, month: { ...rest.month, cost: 5_000_000 }, day: { ...counted, endsAt: now - 2 * day } };
		const rig = new Rig({ gateway: {} }, answers);
		await rig.store.transact((tx) => {
			for (const write of [
				bucket('p-own/m', minuteAt(now - 2 * day)),
				key('own' as KeyId, condemned),
				{ kind: 'spending', id: 'project/p-own', doc: spent } as const,
			]) {
				tx.put(write);
			}
		});
		const told: string[] = [];
		rig.store.onDidChange((refs) => told.push(...refs.map(nameOf)));
		// At first the keys have not been read, or cannot be: the storage is locked.
		for (const own of [[], [aKey('own', 'p-own', 0)]]) {
			await new Maintenance(rig.store, rig.pool, () => own).applyRetention();
		}
		assert.deepEqual(told, []);
	});

	it('what a day has cost, after 62 days: this month is shown beside the last', async () => {
		const cost = (dayEndsAt: number): Write => ({
			...{ kind: 'dailyCost', id: 'd' },
			doc: {
				...{ v: 2, dayEndsAt, monthEndsAt: dayEndsAt, key: a, project: 'p-a' as ProjectId, client: 'chat', model: 'm' },
				...{ tier: 'paid', sends: 1, input: 1, cached: 0, output: 1, thoughts: 0, cost: 5, listCost: 5 },
			},
		});
		assert.equal(await forgotten([cost(now - 62 * day)]), '');
		assert.equal(await forgotten([cost(now - 62 * day - 1)]), 'dailyCost d');
	});

	it('what was not told to a team, 32 days after it was added to last, and beyond two hundred where that is longest ago', async () => {
		const outbox = (at: number, changedAt?: number): Write => ({
			...{ kind: 'outbox', id: String(now - at) },
			doc: {
				...{ v: 2, at, owner: 'o', team: 't', base: [], ours: [], commits: [] },
				...(changedAt !== undefined && { changedAt }),
			},
		});
		assert.equal(await forgotten([outbox(now - 32 * day)]), '');
		assert.equal(await forgotten([outbox(now - 32 * day - 1)]), `outbox ${32 * day + 1}`);
		assert.equal(await forgotten([outbox(now - 33 * day, now)]), '', 'its process lives, and adds to it');
		const ended = Array.from({ length: 200 }, (_, age) => outbox(now - age));
		assert.equal(await forgotten([...ended, outbox(now - 200)]), 'outbox 200');
		assert.equal(await forgotten([...ended, outbox(now - 200, now)]), 'outbox 199');
	});
});
