import assert from 'node:assert/strict';
import { usageOf } from '../../../support/pool/counts';
import type {
	Bucket,
	BucketId,
	KeyId,
	KeyRecord,
	Lease,
	LeaseId,
	ModelRecord,
	PoolRecord,
	ProjectId,
	Write,
} from '../../../../src/pool/pool';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { initialSpending } from '../../../../src/pool/budget/spending';
import { reconcile } from '../../../../src/pool/store/reconcile';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { noon } from '../../../support/pool/quota/buckets';

const now = noon;
const key = 'k' as KeyId;

const lease = (id: string): Lease => ({
	...{ id: id as LeaseId, holder: 'r', input: 1, sentAt: now - 1000, expiresAt: now + 60_000 },
});
const leases = (...ids: string[]): readonly Lease[] => ids.map(lease);

/** Both sides of one bucket that began as `base`, brought together. */
function buckets(ours: Partial<Bucket>, theirs: Partial<Bucket>, base?: Partial<Bucket>): Bucket {
	const write = (more: Partial<Bucket>): Write => ({
		...{ kind: 'bucket', id: 'p/m' as BucketId, doc: { ...initialBucket(now), ...more } },
	});
	const result = reconcile(write(ours), write(theirs), base && write(base), now);
	assert.ok(result.kind === 'bucket');
	return result.doc;
}

function keys(ours: Partial<KeyRecord>, theirs: Partial<KeyRecord>, base?: Partial<KeyRecord>): KeyRecord {
	const write = (more: Partial<KeyRecord>): Write => ({ kind: 'key', id: key, doc: { ...initialKeyRecord, ...more } });
	const result = reconcile(write(ours), write(theirs), base && write(base), now);
	assert.ok(result.kind === 'key');
	return result.doc;
}

function models(ours: Partial<ModelRecord>, theirs: Partial<ModelRecord>): ModelRecord {
	const write = (more: Partial<ModelRecord>): Write => ({
		kind: 'model',
		id: 'm',
		doc: { ...initialModelRecord, ...more },
	});
	const result = reconcile(write(ours), write(theirs), undefined, now);
	assert.ok(result.kind === 'model');
	return result.doc;
}

const counted = (requests: number, input: number): Pick<Bucket, 'day' | 'minute'> => ({
	day: { ...initialBucket(now).day, requests, input },
	minute: requests > 0 ? [[now - 5000, now - 4000, requests, input]] : [],
});
const coolingDown = (until: number): Bucket['status'] => ({
	state: 'coolingDown',
	reason: 'rpm',
	since: now,
	until,
	backoffLevel: 0,
});
const spentIn = ({ minute, day }: Bucket): unknown => [
	minute.reduce((sum, [, , requests]) => sum + requests, 0),
	minute.reduce((sum, [, , , input]) => sum + input, 0),
	day.requests,
	day.input,
];

describe('two sides of one bucket', () => {
	it('add up what each has spent since they parted', () => {
		assert.deepEqual(spentIn(buckets(counted(5, 50), counted(7, 70), counted(4, 40))), [8, 80, 8, 80]);
		assert.deepEqual(spentIn(buckets(counted(5, 50), counted(7, 70))), [12, 120, 12, 120], 'they never met');
		assert.deepEqual(spentIn(buckets(counted(4, 40), counted(7, 70), counted(4, 40))), [7, 70, 7, 70]);
		const idle = buckets(counted(4, 40), counted(7, 70), counted(4, 40));
		assert.deepEqual(idle.minute, counted(7, 70).minute, 'nothing was sent here');
		const sent = (n: number): Partial<Bucket> => ({ day: { ...initialBucket(now).day, requests: 9, sent: n } });
		assert.equal(buckets(sent(5), sent(7), sent(4)).day.sent, 8, 'what was sent, whatever the service counts');
		assert.equal(buckets(sent(5), sent(7)).day.sent, 12);
	});

	it('give nothing back where one of them forgot what had been counted', () => {
		assert.deepEqual(spentIn(buckets(counted(0, 0), counted(7, 70), counted(4, 40))), [7, 70, 7, 70]);
		const anew = buckets({ ...counted(1, 10), minute: [] }, counted(7, 70), counted(4, 40));
		assert.deepEqual(spentIn(anew), [7, 70, 8, 80], 'a count that began anew counts whole');
		const holds = { leases: leases('a') };
		const held = buckets(
			{ ...counted(3, 30), ...holds },
			{ ...counted(7, 70), ...holds },
			{ ...counted(4, 31), ...holds },
		);
		assert.equal(held.day.requests, 10, 'as it does with a call under way that is none the less held');
	});

	it('give back what was not sent after all, and count nothing twice for it', () => {
		const [one, two] = [
			{ ...counted(4, 40), leases: [{ ...lease('a'), input: 30 }] },
			{ ...counted(7, 70), leases: [{ ...lease('a'), input: 30 }] },
		];
		const refunded = buckets({ ...counted(3, 10), minute: [] }, two, one);
		assert.deepEqual(spentIn(refunded), [7, 70, 6, 40]);
		assert.deepEqual(refunded.leases, []);
		const answered = buckets({ ...counted(4, 15), minute: [] }, two, one);
		assert.deepEqual(spentIn(answered), [7, 70, 7, 45], 'with fewer tokens than its lease');
		const late = { ...one, leases: one.leases.map((held) => ({ ...held, sentAt: now - 60_000, expiresAt: now })) };
		const ran = buckets({ ...counted(3, 10), minute: [] }, two, late);
		assert.deepEqual([ran.day.requests, ran.day.input], [6, 40], 'where its lease would have run out since');
		const many = { ...counted(12, 40), leases: [{ ...lease('a'), requests: 9, input: 30 }] };
		const batch = buckets({ ...counted(3, 10), minute: [] }, { ...two, ...counted(15, 70) }, many);
		assert.deepEqual([batch.day.requests, batch.day.input], [6, 40], 'a batch that counts as nine');
		const both: Bucket = buckets({ ...counted(5, 20), minute: [], leases: leases('b') }, two, one);
		assert.deepEqual([both.day.requests, both.day.input], [8, 50], 'one was given back, two were sent');
	});

	it('cool down until the later of two ends', () => {
		const [short, long] = [coolingDown(now + 1000), coolingDown(now + 2000)];
		const closed: Bucket['status'] = { state: 'unsupported', reason: 'tierLacksModel', until: now + 3000 };
		assert.equal(buckets({ status: long }, { status: short }).status, long);
		assert.equal(buckets({ status: short }, { status: long }).status, long);
		assert.equal(buckets({ status: closed }, { status: long }).status, closed);
		assert.equal(buckets({ status: { state: 'available' } }, { status: short }).status, short);
		assert.equal(buckets({ status: short }, { status: { state: 'available' } }).status, short);
		const theirs = coolingDown(now + 1000);
		assert.equal(buckets({ status: short }, { status: theirs }).status, theirs);
	});

	it('know the limits of both, theirs where both know one', () => {
		const limit = (value: number) => ({ value, source: 'stated', at: now, retestAt: now, retestMs: 1 }) as const;
		const { limits } = buckets({ limits: { rpm: limit(5), rpd: limit(20) } }, { limits: { rpm: limit(7) } });
		assert.deepEqual([limits.rpm?.value, limits.rpd?.value], [7, 20]);
	});

	it('hold the calls of both that are under way, and none that one of them has ended', () => {
		const ids = (of: Bucket): string => of.leases.map(({ id }) => id).join(' ');
		assert.equal(
			ids(
				buckets({ leases: leases('a', 'mine') }, { leases: leases('a', 'b', 'theirs') }, { leases: leases('a', 'b') }),
			),
			'a theirs mine',
		);
		assert.equal(ids(buckets({ leases: leases('a') }, { leases: leases() }, { leases: leases('a') })), '');
		assert.equal(ids(buckets({ leases: leases('a', 'b') }, { leases: leases('a') })), 'a b');
		assert.equal(ids(buckets({ leases: leases('a') }, { leases: leases('a', 'theirs') })), 'a theirs');
		const goesOn = { leases: leases('a').map((held) => ({ ...held, expiresAt: held.expiresAt + 9_000 })) };
		const stood = { leases: leases('a') };
		for (const both of [buckets(goesOn, stood, stood), buckets(stood, goesOn, stood)])
			assert.deepEqual(both.leases, goesOn.leases);
	});
});

describe('two sides of one key', () => {
	const quarantined = (since: number): KeyRecord['status'] => ({
		...{ state: 'quarantined', reason: 'blocked', since, rechecksLeft: [], hadWorked: true },
	});
	const good: KeyRecord['status'] = { state: 'verified', since: now };
	const unproven: KeyRecord['status'] = { state: 'unverified' };

	it('keep a quarantine of either side, and the change of the one that changed', () => {
		assert.deepEqual(keys({ status: quarantined(1) }, { status: good }, { status: good }).status, quarantined(1));
		assert.deepEqual(keys({ status: good }, { status: quarantined(1) }, { status: good }).status, quarantined(1));
		assert.deepEqual(
			keys({ status: quarantined(1) }, { status: quarantined(2) }, { status: good }).status,
			quarantined(2),
		);
		assert.deepEqual(keys({ status: good }, { status: unproven }, { status: unproven }).status, good);
		assert.deepEqual(
			keys({ status: unproven }, { status: quarantined(1) }, { status: quarantined(1) }).status,
			unproven,
			'freed here',
		);
		assert.deepEqual(keys({ status: unproven }, { status: good }, { status: unproven }).status, good);
		assert.deepEqual(
			keys({ status: good }, { status: unproven }, { status: quarantined(1) }).status,
			good,
			'both freed it',
		);
	});

	it('that never met: a quarantine here holds, and what else is known there', () => {
		assert.deepEqual(keys({ status: quarantined(1) }, { status: good }).status, quarantined(1));
		assert.deepEqual(keys({ status: good }, { status: unproven }).status, unproven);
	});

	it('count what both did, with the lower score and the later use', () => {
		const record = (n: number, score: number): Partial<KeyRecord> => ({
			...{ success: n, fail: n + 1, tokens: { input: n * 10, output: n * 100 }, score, lastUsed: n },
		});
		const { success, fail, tokens, score, lastUsed } = keys(record(7, 60), record(5, 80), record(4, 100));
		assert.deepEqual([success, fail, tokens, score, lastUsed], [8, 9, { input: 80, output: 800 }, 60, 7]);
		const other = keys(record(5, 80), record(7, 60), record(4, 100));
		assert.deepEqual([other.success, other.score, other.lastUsed], [8, 60, 7]);
		assert.equal(keys(record(5, 80), record(7, 60)).success, 12);
		assert.ok(!('deniedModels' in other));
	});
});

describe('two sides of one model', () => {
	it('back off as long as either says, with the ratio that has more samples', () => {
		const ours = { overloadedUntil: 9, backoffLevel: 3, tokensPerByte: 0.3, samples: 5 };
		const theirs = { overloadedUntil: 7, backoffLevel: 1, tokensPerByte: 0.2, samples: 8 };
		const one = models(ours, theirs);
		assert.deepEqual([one.overloadedUntil, one.backoffLevel, one.tokensPerByte, one.samples], [9, 3, 0.2, 8]);
		const two = models(theirs, ours);
		assert.deepEqual([two.overloadedUntil, two.backoffLevel, two.tokensPerByte, two.samples], [9, 3, 0.2, 8]);
		const alike = models({ ...ours, samples: 8 }, theirs);
		assert.equal(alike.tokensPerByte, 0.2, 'theirs, where as many');
	});

	it('was asked for when either of them was asked last', () => {
		const busy = { overloadedUntil: 9, backoffLevel: 1 };
		for (const [one, other] of [
			[{ askedAt: 9 }, { askedAt: 7 }],
			[{ askedAt: 9 }, busy],
			[{ askedAt: 9, ...busy }, {}],
		] as const) {
			assert.equal(models(one, other).askedAt, 9);
			assert.equal(models(other, one).askedAt, 9);
		}
		assert.ok(!('askedAt' in models({}, {})));
	});

	it('is missing as long as either says, and an alias by either', () => {
		const alias = (model: string) => ({ resolvesTo: { model, from: 'quota' } }) as const;
		assert.equal(models({ missingUntil: 9 }, { missingUntil: 7 }).missingUntil, 9);
		assert.equal(models({ missingUntil: 7 }, {}).missingUntil, 7);
		assert.ok(!('missingUntil' in models({}, {})));
		assert.equal(models(alias('a'), alias('b')).resolvesTo?.model, 'b');
		assert.equal(models(alias('a'), {}).resolvesTo?.model, 'a');
		assert.ok(!('resolvesTo' in models({}, {})));
	});
});

describe('two sides of the rest', () => {
	const paused = (since: number): Write => ({
		kind: 'pool',
		doc: { v: 2, paused: { reason: 'leaked', by: key, since } },
	});
	const free: Write = { kind: 'pool', doc: { v: 2 } };

	it('a pause or a resume of either side holds: whichever changed', () => {
		assert.equal(reconcile(paused(1), free, free, now).kind, 'pool');
		assert.deepEqual(reconcile(paused(1), free, free, now), paused(1));
		assert.deepEqual(reconcile(free, paused(1), paused(1), now), free);
		assert.deepEqual(reconcile(free, paused(1), free, now), paused(1));
		assert.deepEqual(reconcile(paused(1), free, paused(1), now), free);
		assert.deepEqual(reconcile(paused(2), paused(1), paused(1), now), paused(2));
		assert.deepEqual(reconcile(paused(1), free, undefined, now), paused(1));
	});

	it('counts add up; a attempts, a line and an owner are theirs', () => {
		const like = { minute: 1, key, outcome: 'answered', client: 'chat', tier: 'paid' } as const;
		const count = (n: number): Write => {
			const tokens = { input: n * 10, cached: n, output: n * 100, thoughts: n * 7 };
			return usageOf({ ...like, sends: n, ...tokens, fallbacks: n, cost: n * 3 });
		};
		assert.deepEqual(reconcile(count(5), count(7), count(4), now), count(8));
		assert.deepEqual(reconcile(count(5), count(7), undefined, now), count(12));
		assert.deepEqual(reconcile(count(2), count(7), count(4), now), count(9), 'one that began anew');
		assert.deepEqual(reconcile(count(4), count(7), count(4), now), count(7));
		const others = (...minutes: readonly number[]): Write => {
			const [first = { ...like, sends: 1 }, ...more] = minutes.map((minute) => ({ ...like, minute, sends: 1 }));
			return usageOf(first, ...more);
		};
		assert.deepEqual(reconcile(others(1, 2), others(1, 3), others(1), now), others(1, 3, 2));
		const owner = (holder: string): Write => ({ kind: 'leader', id: 'metrics', doc: { v: 2, holder, expiresAt: now } });
		assert.deepEqual(reconcile(owner('a'), owner('b'), undefined, now), owner('b'));
		const line = (heartbeatAt: number): Write => ({
			kind: 'windowQueue',
			id: 'w',
			doc: { v: 2, heartbeatAt, requests: [], chatStreak: 0 },
		});
		assert.deepEqual(reconcile(line(1), line(2), undefined, now), line(2));
		const attempts = (endedAt: number): Write => ({
			...{
				kind: 'requestRecord',
				id: 'r',
				doc: { request: 'r', origin: 'chat', endedAt, outcome: 'answered', attempts: [] },
			},
		});
		assert.deepEqual(reconcile(attempts(1), attempts(2), undefined, now), attempts(2));
	});

	it('cooldowns of both are known', () => {
		const cooldown = (from: number): Write => ({
			...{ kind: 'cooldown', id: 'p/m' as BucketId },
			doc: { v: 2, spans: [{ reason: 'rpm', from, until: from + 1_000 }] },
		});
		const both = reconcile(cooldown(now), cooldown(now - 600_000), undefined, now);
		assert.ok(both.kind === 'cooldown' && both.id === 'p/m');
		assert.deepEqual(
			both.doc.spans.map(({ from }) => from - now),
			[-600_000, 0],
		);
	});

	it('what a client used and what was spent add up since they parted', () => {
		const client = (requests: number): Write => ({
			...{ kind: 'client', id: 'c' },
			doc: { v: 2, lastUsedAt: now, day: { endsAt: now + 1_000, requests, input: requests, output: requests } },
		});
		const spending = (cost: number): Write => {
			const { day, ...rest } = initialSpending(now);
			return { kind: 'spending', id: 'pool', doc: { ...rest, day: { ...day, cost } } };
		};
		const cost = (sends: number): Write => ({
			...{ kind: 'dailyCost', id: 'd' },
			doc: {
				...{ v: 2, dayEndsAt: now, monthEndsAt: now, key, project: 'p' as ProjectId, client: 'c', model: 'm' },
				...{ tier: 'paid', sends, input: sends, cached: 0, output: 0, thoughts: 0, cost: sends, listCost: sends },
			},
		});
		for (const of of [client, spending, cost]) {
			assert.deepEqual(reconcile(of(5), of(7), of(4), now), of(8));
			assert.deepEqual(reconcile(of(5), of(7), undefined, now), of(12), 'they never met');
			assert.deepEqual(reconcile(of(5), free, undefined, now), free, 'not of one kind');
		}
	});

	it('what is not of one kind is theirs', () => {
		const of: readonly Write[] = [
			{ kind: 'bucket', id: 'p/m' as BucketId, doc: initialBucket(now) },
			{ kind: 'key', id: key, doc: initialKeyRecord },
			{ kind: 'model', id: 'm', doc: initialModelRecord },
			usageOf({ minute: 1, key, outcome: 'answered', sends: 1 }),
		];
		for (const ours of of) {
			assert.equal(reconcile(ours, free, undefined, now), free);
			assert.equal(reconcile(free, ours, undefined, now), ours);
		}
		const spans: Write = { kind: 'cooldown', id: 'p/m' as BucketId, doc: { v: 2, spans: [] } };
		assert.equal(reconcile(spans, free, undefined, now), free);
	});
});

describe('two sides of a pool that is throttled', () => {
	const throttled = (since: number): PoolRecord => ({
		v: 2,
		throttled: { since, nextProbeAt: since + 60_000, projects: ['p' as ProjectId] },
	});
	const side = (ours: PoolRecord, theirs: PoolRecord, base?: PoolRecord): PoolRecord => {
		const write = (doc: PoolRecord): Write => ({ kind: 'pool', doc });
		const result = reconcile(write(ours), write(theirs), base && write(base), now);
		assert.ok(result.kind === 'pool');
		return result.doc;
	};

	it('has what has changed since they parted: it began here or there, or is over', () => {
		const open: PoolRecord = { v: 2 };
		assert.equal(side(throttled(now), open, open).throttled?.since, now, 'it began here');
		assert.equal(side(open, throttled(now), open).throttled?.since, now, 'it began there');
		assert.equal(side(open, throttled(now), throttled(now)).throttled, undefined, 'it is over here');
		assert.equal(side(throttled(now), open, throttled(now)).throttled, undefined, 'it is over there');
	});

	it('keeps a pause apart from it', () => {
		const paused: PoolRecord = { v: 2, paused: { reason: 'leaked', by: key, since: now } };
		const both = side(throttled(now), paused, { v: 2 });
		assert.deepEqual([both.paused?.since, both.throttled?.since], [now, now]);
	});
});
