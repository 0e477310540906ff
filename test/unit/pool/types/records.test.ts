import assert from 'node:assert/strict';
import { initialKeyRecord, initialModelRecord } from '../../../../src/pool/health/initialRecords';
import type { KeyRecord, LeaseId, ModelRecord, Usage, FailureAction } from '../../../../src/pool/pool';
import {
	rejectedByOverload,
	backOffMs,
	learnTokenRatio,
	recordOverload,
	endOverloadProbe,
	startOverloadProbe,
	clearOverload,
	tokensOf,
} from '../../../../src/pool/health/modelRecord';
import {
	quarantine,
	recordFailure,
	markVerified,
	recordFailedRecheck,
	postponeRecheck,
	recordSuccess,
	markUsed,
	liftQuarantine,
} from '../../../../src/pool/health/keyRecord';

type Quarantine = Extract<FailureAction, { type: 'quarantine' }>;
const quarantined = (reason: Quarantine['reason'], recheckMs: readonly number[] = [600_000]): Quarantine => ({
	type: 'quarantine',
	reason,
	scope: 'key',
	abuse: false,
	recheckMs,
});
const minute = 60_000;
const good: KeyRecord = { ...initialKeyRecord, status: { state: 'verified', since: 5 } };

describe("a key's record", () => {
	it('scores +5 up to 100 and -20 down to 0, and counts', () => {
		const one = recordSuccess({ ...initialKeyRecord, score: 96 }, { input: 3, output: 4 }, 10);
		assert.deepEqual(
			[one.score, one.success, one.tokens, one.status],
			[100, 1, { input: 3, output: 4 }, { state: 'verified', since: 10 }],
		);
		assert.equal(recordSuccess({ ...initialKeyRecord, score: 90 }, one.tokens, 10).score, 95);
		assert.deepEqual(recordSuccess(one, one.tokens, 20).tokens, { input: 6, output: 8 });
		assert.deepEqual(recordSuccess(one, one.tokens, 20).status, { state: 'verified', since: 10 });
		assert.deepEqual(
			[recordFailure(initialKeyRecord, true, 0).score, recordFailure(initialKeyRecord, true, 0).fail],
			[80, 1],
		);
		assert.equal(recordFailure({ ...initialKeyRecord, score: 19 }, true, 0).score, 0);
	});

	it('counts a failure that may not be about the key, without a loss of score', () => {
		const one = recordFailure({ ...initialKeyRecord, score: 20 }, false, 0);
		assert.deepEqual([one.score, one.fail, one.probe], [20, 1, undefined]);
	});

	it('is probed at score 0 after 60 s, doubling to 10 min, until it succeeds', () => {
		let record = recordFailure({ ...initialKeyRecord, score: 20 }, true, 1000);
		assert.deepEqual(record.probe, { at: 61_000, waitMs: minute });
		assert.equal(recordFailure({ ...initialKeyRecord, score: 21 }, true, 1000).probe, undefined);
		assert.deepEqual(recordFailure(record, true, 2000).probe, { at: 61_000, waitMs: minute });
		assert.deepEqual(markUsed(record, 60_999).probe, { at: 61_000, waitMs: minute });
		const waits: number[] = [];
		for (let n = 0; n < 5; n++) {
			const at: number = record.probe?.at ?? NaN;
			record = markUsed(record, at);
			assert.equal(record.lastUsed, at);
			waits.push((record.probe?.at ?? NaN) - at);
		}
		assert.deepEqual(
			waits,
			[2, 4, 8, 10, 10].map((minutes) => minutes * minute),
		);
		assert.equal(recordSuccess(record, { input: 0, output: 0 }, 0).probe, undefined);
	});

	it('is quarantined with the re-checks of its action; a new key that is not known after 1, 3 and 10 min', () => {
		let fresh = quarantine(initialKeyRecord, quarantined('badKey'), 'unknown', 100);
		assert.deepEqual(fresh.status, {
			state: 'quarantined',
			reason: 'badKey',
			since: 100,
			serviceMessage: 'unknown',
			hadWorked: false,
			recheckAt: 100 + minute,
			rechecksLeft: [3 * minute, 10 * minute],
		});
		const rechecks: unknown[] = [];
		for (let n = 0; n < 3; n++) {
			fresh = recordFailedRecheck(fresh, 1000);
			rechecks.push(fresh.status.state === 'quarantined' && fresh.status.recheckAt);
		}
		assert.deepEqual(rechecks, [1000 + 3 * minute, 1000 + 10 * minute, undefined]);
		const old = quarantine(good, quarantined('badKey'), '', 100).status;
		assert.ok(old.state === 'quarantined');
		assert.deepEqual([old.recheckAt, old.hadWorked, old.rechecksLeft], [600_100, true, []]);
		const disabled = quarantine(initialKeyRecord, quarantined('serviceDisabled', [300_000]), '', 0).status;
		assert.equal(disabled.state === 'quarantined' && disabled.recheckAt, 300_000);
	});

	it('remembers that it had worked through a second quarantine', () => {
		const again = quarantine(quarantine(good, quarantined('badKey'), '', 1), quarantined('blocked'), '', 2).status;
		assert.ok(again.state === 'quarantined');
		assert.deepEqual([again.reason, again.hadWorked, again.since], ['blocked', true, 2]);
	});

	for (const reason of ['leaked', 'suspended', 'denied', 'billing'] as const) {
		it(`stays ${reason} until a person acts: no weaker failure, answer, check or re-check ends it`, () => {
			const record = quarantine(good, quarantined(reason, []), '', 1);
			assert.equal(record.status.state === 'quarantined' && record.status.recheckAt, undefined);
			assert.equal(quarantine(record, quarantined('badKey'), '', 2), record);
			assert.equal(recordSuccess(record, { input: 0, output: 0 }, 2).status, record.status);
			assert.equal(markVerified(record, 2), record);
			assert.equal(postponeRecheck(record, minute, 2), record);
			assert.deepEqual(liftQuarantine(record).status, { state: 'unverified' });
		});
	}

	it('is freed by a successful check, and a late answer alone frees none', () => {
		const record = quarantine(good, quarantined('badKey'), '', 1);
		assert.deepEqual(markVerified(record, 7).status, { state: 'verified', since: 7 });
		assert.equal(recordSuccess(record, { input: 0, output: 0 }, 7).status.state, 'quarantined');
		assert.equal(markVerified(good, 9).status, good.status);
	});

	it('is asked again later when a re-check did not reach the service', () => {
		const later = postponeRecheck(quarantine(good, quarantined('badKey'), '', 1), minute, 500).status;
		assert.equal(later.state === 'quarantined' && later.recheckAt, 500 + minute);
		assert.equal(postponeRecheck(good, minute, 500), good);
		assert.equal(recordFailedRecheck(good, 500), good);
	});

	it('comes back with at least half its health on the word of a person', () => {
		const low = quarantine({ ...good, score: 10, probe: { at: 1, waitMs: 1 } }, quarantined('leaked'), '', 1);
		assert.deepEqual([liftQuarantine(low).score, liftQuarantine(low).probe], [50, undefined]);
		assert.equal(liftQuarantine(quarantine({ ...good, score: 80 }, quarantined('leaked'), '', 1)).score, 80);
		assert.equal(liftQuarantine(good), good);
	});
});

describe("a model's record", () => {
	const wait = (n: number): number => 1000 * 2 ** n;
	const lease = 'l' as LeaseId;

	it('backs off base x 2^n plus up to 1 s, capped at 30 s', () => {
		assert.deepEqual(
			[0, 1, 2, 3, 4, 5].map((n) => backOffMs(1000, n, () => 0)),
			[1000, 2000, 4000, 8000, 16_000, 30_000],
		);
		assert.equal(
			backOffMs(1000, 0, () => 0.5),
			1500,
		);
		assert.equal(
			backOffMs(29_500, 0, () => 0.9),
			30_000,
		);
		assert.equal(
			backOffMs(0, 1e9, () => 0),
			0,
		);
	});

	it('is overloaded for everybody; calls sent before the last back-off ended make it no longer', () => {
		const first = recordOverload(initialModelRecord, 100, wait, 200);
		assert.deepEqual([first.overloadedUntil, first.backoffLevel], [1200, 1]);
		assert.equal(recordOverload(first, 150, wait, 300), first);
		assert.equal(recordOverload(first, 1199, wait, 5000), first);
		const second = recordOverload(first, 1200, wait, 1300);
		assert.deepEqual([second.overloadedUntil, second.backoffLevel], [3300, 2]);
		assert.deepEqual(rejectedByOverload(second, 3299), { reason: 'overloaded', retryAt: 3300, backoffLevel: 2 });
		assert.equal(rejectedByOverload(second, 3300), undefined);
		assert.equal(rejectedByOverload(initialModelRecord, 0), undefined);
	});

	it('forgets an outage that ended a quarter of an hour ago', () => {
		const before = { ...initialModelRecord, overloadedUntil: 1000, backoffLevel: 2 };
		const end = 1000 + 15 * minute;
		assert.equal(recordOverload(before, 5000, wait, end - 1).backoffLevel, 3);
		assert.deepEqual(recordOverload(before, 5000, wait, end), {
			...before,
			overloadedUntil: end + 1000,
			backoffLevel: 1,
		});
	});

	it('sends one call first after a back-off', () => {
		const record = recordOverload(initialModelRecord, 0, wait, 0);
		const probe = startOverloadProbe(record, lease, 9000);
		const awaited = { reason: 'overloaded', retryAt: 9000, backoffLevel: 1, mayRetryEarlier: true };
		assert.deepEqual(rejectedByOverload(probe, 2000), awaited);
		assert.equal(rejectedByOverload(probe, 9000), undefined);
		assert.equal(rejectedByOverload(endOverloadProbe(probe, lease), 2000), undefined);
		assert.equal(endOverloadProbe(probe, 'other' as LeaseId), probe);
		assert.equal(recordOverload(probe, 1000, wait, 2000).probe, undefined);
		assert.deepEqual(
			[clearOverload(probe).backoffLevel, clearOverload(probe).overloadedUntil, clearOverload(probe).probe],
			[0, 0, undefined],
		);
		assert.equal(startOverloadProbe(initialModelRecord, lease, 1), initialModelRecord);
		assert.equal(clearOverload(initialModelRecord), initialModelRecord);
	});

	it('is not ended by an answer to a call that was sent before', () => {
		const record = recordOverload(initialModelRecord, 0, wait, 0);
		const { overloadedUntil } = record;
		assert.equal(clearOverload(record, overloadedUntil - 1), record);
		assert.equal(clearOverload(record, overloadedUntil).backoffLevel, 0);
	});

	it('learns tokens a byte: the first sample at once, later ones by a fifth', () => {
		const usage = (input: number): Usage => ({ input, cached: 0, output: 0, thoughts: 0 });
		const cost = { bytes: 1000, tokens: 0 };
		const learn = (record: ModelRecord, input: number): ModelRecord => learnTokenRatio(record, cost, usage(input));
		assert.equal(initialModelRecord.tokensPerByte, 0.25);
		const first = learn(initialModelRecord, 500);
		assert.deepEqual([first.tokensPerByte, first.samples], [0.5, 1]);
		assert.equal(learn(first, 1000).tokensPerByte, 0.6);
		assert.equal(learn(initialModelRecord, 9000).tokensPerByte, 1);
		assert.equal(learn(first, 0), first);
		assert.equal(
			learnTokenRatio(first, { bytes: 1000, tokens: 258 }, usage(1378)),
			first,
			'an image costs what it costs',
		);
		assert.equal(learnTokenRatio(first, { bytes: 199, tokens: 0 }, usage(50)), first);
		assert.notEqual(learnTokenRatio(first, { bytes: 200, tokens: 0 }, usage(50)), first);
	});

	it('estimates by bytes and known tokens, with a margin of 4 tokens and 60 %, which falls to 20 % after three samples', () => {
		const cost = { bytes: 400, tokens: 58 };
		assert.deepEqual(tokensOf(cost, { ...initialModelRecord, samples: 2 }), { likely: 158, atMost: 257 });
		assert.deepEqual(tokensOf(cost, { ...initialModelRecord, samples: 3 }), { likely: 158, atMost: 194 });
		assert.deepEqual(tokensOf({ bytes: 1, tokens: 0 }, initialModelRecord), { likely: 1, atMost: 6 });
	});
});
