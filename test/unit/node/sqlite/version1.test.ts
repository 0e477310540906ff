import assert from 'node:assert/strict';
import { changeOf } from '../../../../src/storedDocuments/rows';
import { convertedFromVersion1, type RowAt } from '../../../../src/node/sqlite/version1';
import { countsIn } from '../../../../src/pool/usage/count';
import type { UsageHour } from '../../../../src/pool/pool';

const at = Date.UTC(2026, 10, 26, 20);
const row = (kind: string, id: string, doc: unknown, rev = 1): RowAt => ({ kind, id, rev, body: JSON.stringify(doc) });

/** What becomes of one document. */
function converted(kind: string, doc: unknown): unknown {
	const rows = convertedFromVersion1([row(kind, 'id', doc)]);
	assert.ok(rows.length <= 1);
	const [one] = rows;
	if (!one) return undefined;
	assert.equal(changeOf(one)?.kind, one.kind, 'it is a document of today');
	return [one.kind, one.id, JSON.parse(one.body ?? '')];
}

const said = 'You exceeded your current quota';
const bucket = (state: object, more: object = {}): object => ({
	...{ v: 1, state, limits: {}, minute: [[at, at + 5, 2, 70]], leases: [] },
	...{ day: { endsAt: at + 60_000, requests: 20, input: 700 } },
	...more,
});
const key = (state: object, more: object = {}): object => ({
	...{ v: 1, state, score: 60, lastUsed: at, success: 12, fail: 2, tokens: { input: 3, output: 4 } },
	...more,
});

describe('what version 0.1.0 stored becomes', () => {
	const states: readonly (readonly [was: object, becomes: object])[] = [
		[{ is: 'open' }, { state: 'available' }],
		[
			{ is: 'closed', why: 'tierLacksModel', until: at, said },
			{ state: 'unsupported', reason: 'tierLacksModel', until: at, serviceMessage: said },
		],
		[
			{ is: 'resting', why: 'rpd', since: at, until: at + 9, repeats: 3, said },
			{ state: 'coolingDown', reason: 'rpd', since: at, until: at + 9, backoffLevel: 3, serviceMessage: said },
		],
		[
			{ is: 'probing', why: 'capacity', lease: 'r.1', repeats: 2 },
			{ state: 'halfOpen', reason: 'capacity', lease: 'r.1', backoffLevel: 2 },
		],
	];
	for (const [was, becomes] of states) {
		it(`a bucket that is ${JSON.stringify(becomes).slice(10, 25)}`, () => {
			const { state: _, ...rest } = bucket({}) as Record<string, unknown>;
			assert.deepEqual(converted('bucket', bucket(was)), ['bucket', 'id', { ...rest, v: 2, status: becomes }]);
		});
	}

	it('a bucket with limits that were learnt, leases, and use by others', () => {
		const like = { at, stated: 10, despite: 12 };
		const lease = { id: 'r.1', holder: 'r', input: 5, sentAt: at, expiresAt: at + 9, tests: 'rpm' };
		const was = bucket(
			{ is: 'open' },
			{
				limits: {
					rpm: { value: 15, from: 'taught', doubtAt: at + 1, doubtMs: 600, ...like },
					tpm: { value: 9, from: 'probed', doubtAt: at + 2, doubtMs: 700, ...like, fell: { from: 20, at } },
				},
				...{ borne: 7, stranger: { requests: 3, until: at + 4 }, leases: [{ ...lease, alive: true }] },
			},
		);
		const doc = (converted('bucket', was) as unknown[])[2] as Record<string, unknown>;
		assert.deepEqual(doc['limits'], {
			rpm: { value: 15, source: 'stated', retestAt: at + 1, retestMs: 600, ...like },
			tpm: { value: 9, source: 'tested', retestAt: at + 2, retestMs: 700, ...like, fell: { from: 20, at } },
		});
		assert.deepEqual(
			[doc['sustainedRpm'], doc['externalUsage'], doc['leases']],
			[7, { requests: 3, until: at + 4 }, [{ ...lease, hasFirstChunk: true }]],
		);
		assert.deepEqual(Object.keys(doc).sort(), [
			...['day', 'externalUsage', 'leases', 'limits', 'minute', 'status', 'sustainedRpm', 'v'],
		]);
	});

	it('a key: not tried, good, or benched with reason and re-checks; its score and counts stay', () => {
		const rest = { v: 2, score: 60, lastUsed: at, success: 12, fail: 2, tokens: { input: 3, output: 4 } };
		const probe = { at, waitMs: 60_000 };
		assert.deepEqual(converted('key', key({ is: 'unproven' }, { probe })), [
			...['key', 'id', { ...rest, probe, status: { state: 'unverified' } }],
		]);
		assert.deepEqual(converted('key', key({ is: 'good', since: at })), [
			...['key', 'id', { ...rest, status: { state: 'verified', since: at } }],
		]);
		const benched = { since: at, recheckAt: at + 7, rechecksLeft: [1, 2], hadWorked: true };
		assert.deepEqual(converted('key', key({ is: 'benched', why: 'leaked', said, ...benched })), [
			...[
				'key',
				'id',
				{ ...rest, status: { state: 'quarantined', reason: 'leaked', serviceMessage: said, ...benched } },
			],
		]);
	});

	it('a model, with what its alias stands for and its tokens a byte', () => {
		const same = { overloadedUntil: at, probe: { lease: 'r.1', expiresAt: at }, missingUntil: at, samples: 4 };
		const learnt = { resolvesTo: { model: 'm', from: 'quota' }, tokensPerByte: 0.3 };
		assert.deepEqual(converted('model', { v: 1, ...same, ...learnt, repeats: 2 }), [
			...['model', 'id', { v: 2, ...same, ...learnt, backoffLevel: 2 }],
		]);
	});

	it('the pool, paused or not, with tiers that were revoked', () => {
		const rows = convertedFromVersion1([
			row('pool', '', {
				v: 1,
				paused: { why: 'suspended', by: 'k', since: at, said },
				revoked: { p: { since: at, by: 'k', said } },
				forgottenAt: at,
			}),
		]);
		assert.deepEqual(JSON.parse(rows[0]?.body ?? ''), {
			v: 2,
			paused: { reason: 'suspended', by: 'k', since: at, serviceMessage: said },
			revoked: { p: { since: at, by: 'k', serviceMessage: said } },
			forgottenAt: at,
		});
		assert.deepEqual(converted('pool', { v: 1 }), ['pool', 'id', { v: 2 }]);
	});

	it('the record of a request, with its sends and times', () => {
		const attempt = { key: 'k', label: 'work', model: 'm', sentAt: at, ms: 5, outcome: 'rpm', unsent: true };
		const usage = { input: 1, cached: 0, output: 2, thoughts: 3 };
		const like = { request: 'r', origin: 'chat', endedAt: at, outcome: 'answered', attempts: [{ ...attempt, usage }] };
		const took = { ms: 9, firstMs: 4, waitedMs: 1, switches: ['rpm'] };
		assert.deepEqual(converted('trail', { ...like, took }), ['requestRecord', 'id', { ...like, timings: took }]);
		assert.deepEqual(converted('trail', like), ['requestRecord', 'id', like]);
	});

	it('when a bucket cooled down, and why', () => {
		const span = { from: at, until: at + 5 };
		assert.deepEqual(converted('rest', { v: 1, spans: [{ ...span, why: 'rpm' }] }), [
			...['cooldown', 'id', { v: 2, spans: [{ ...span, reason: 'rpm' }] }],
		]);
	});

	it('counts, all of a key and an hour in one document, under the revision of the latest', () => {
		const minute = Math.floor(at / 60_000);
		const count = (more: object): object => ({
			...{ minute, key: 'k', outcome: 'answered', sends: 2, input: 12, output: 30 },
			...more,
		});
		const rows = convertedFromVersion1([
			row('usage', 'a', count({}), 4),
			row('usage', 'b', count({ minute: minute + 59, outcome: 'rpm', output: 0, fallbacks: 1 }), 9),
			row('usage', 'c', count({ minute: minute + 60 }), 11),
			row('usage', 'd', count({ key: 'other' }), 5),
		]);
		assert.deepEqual(
			rows.map(({ kind, id, rev }) => [kind, id, rev]),
			[
				['usage', `${minute / 60} k`, 9],
				['usage', `${minute / 60 + 1} k`, 11],
				['usage', `${minute / 60} other`, 5],
			],
		);
		const hour = JSON.parse(rows[0]?.body ?? '') as UsageHour;
		assert.deepEqual(countsIn(hour), [
			{ ...count({}), cached: 0, thoughts: 0 },
			{ ...count({ minute: minute + 59, outcome: 'rpm', output: 0 }), fallbacks: 1, cached: 0, thoughts: 0 },
		]);
	});

	it('nothing where it was who waits or who leads, or nobody knows what it is', () => {
		assert.equal(converted('line', { v: 1, beatAt: at, waiters: [], chatStreak: 0 }), undefined);
		assert.equal(converted('owner', { v: 1, holder: 'w', expiresAt: at }), undefined);
		assert.equal(converted('later', { v: 1 }), undefined);
		assert.deepEqual(convertedFromVersion1([{ kind: 'key', id: 'k', rev: 1, body: null }]), []);
	});

	it('nothing where it is damaged, whatever kind it says it is, and the others stay', () => {
		const good = row('key', 'good', key({ is: 'unproven' }));
		const bodies = [
			'',
			'null',
			'[]',
			'7',
			'{}',
			'{"v":1',
			'{"state":7,"limits":[7],"leases":{},"spans":7,"__proto__":1}',
		];
		const kinds = ['bucket', 'key', 'model', 'trail', 'rest', 'usage', 'constructor'];
		const bad = kinds.flatMap((kind) => bodies.map((body): RowAt => ({ kind, id: 'bad', rev: 1, body })));
		const odd = [
			row('key', 'bad', key({ is: 'toString' })),
			row('bucket', 'bad', bucket({ is: 'resting' })),
			row('bucket', 'bad', bucket({ is: 'open' }, { limits: { rpm: 7 } })),
			row('usage', 'bad', { minute: 1, key: 'k', outcome: 'answered', sends: '1', input: 0, output: 0 }),
		];
		assert.deepEqual(
			convertedFromVersion1([...bad, ...odd, good]).map(({ id }) => id),
			['good'],
		);
	});
});
