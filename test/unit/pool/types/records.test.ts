import assert from 'node:assert/strict';
import { freshKeyRecord, freshModelRecord } from '../../../../src/pool/health/initialRecords';
import type { KeyRecord, LeaseId, ModelRecord, Usage, Verdict } from '../../../../src/pool/pool';
import { deniedByLoad } from '../../../../src/pool/health/overload';
import {
	benched,
	failed,
	proven,
	recheckFailed,
	recheckPostponed,
	succeeded,
	taken,
	unbenched,
} from '../../../../src/pool/health/keyRecord';
import {
	backOffMs,
	counted,
	overloaded,
	probeEnded,
	probing,
	recovered,
	tokensOf,
} from '../../../../src/pool/health/modelRecord';

type Bench = Extract<Verdict, { act: 'bench' }>;
const bench = (why: Bench['why'], recheckMs: readonly number[] = [600_000]): Bench => ({
	act: 'bench',
	why,
	scope: 'key',
	abuse: false,
	recheckMs,
});
const minute = 60_000;
const good: KeyRecord = { ...freshKeyRecord, state: { is: 'good', since: 5 } };

describe("a key's record", () => {
	it('scores +5 up to 100 and -20 down to 0, and counts', () => {
		const one = succeeded({ ...freshKeyRecord, score: 96 }, { input: 3, output: 4 }, 10);
		assert.deepEqual(
			[one.score, one.success, one.tokens, one.state],
			[100, 1, { input: 3, output: 4 }, { is: 'good', since: 10 }],
		);
		assert.equal(succeeded({ ...freshKeyRecord, score: 90 }, one.tokens, 10).score, 95);
		assert.deepEqual(succeeded(one, one.tokens, 20).tokens, { input: 6, output: 8 });
		assert.deepEqual(succeeded(one, one.tokens, 20).state, { is: 'good', since: 10 });
		assert.deepEqual([failed(freshKeyRecord, true, 0).score, failed(freshKeyRecord, true, 0).fail], [80, 1]);
		assert.equal(failed({ ...freshKeyRecord, score: 19 }, true, 0).score, 0);
	});

	it('counts a verdict that may not be about the key, and takes no score for it', () => {
		const one = failed({ ...freshKeyRecord, score: 20 }, false, 0);
		assert.deepEqual([one.score, one.fail, one.probe], [20, 1, undefined]);
	});

	it('is probed at score 0 after 60 s, doubling to 10 min, until it succeeds', () => {
		let record = failed({ ...freshKeyRecord, score: 20 }, true, 1000);
		assert.deepEqual(record.probe, { at: 61_000, waitMs: minute });
		assert.equal(failed({ ...freshKeyRecord, score: 21 }, true, 1000).probe, undefined);
		assert.deepEqual(failed(record, true, 2000).probe, { at: 61_000, waitMs: minute });
		assert.deepEqual(taken(record, 60_999).probe, { at: 61_000, waitMs: minute });
		const waits: number[] = [];
		for (let n = 0; n < 5; n++) {
			const at: number = record.probe?.at ?? NaN;
			record = taken(record, at);
			assert.equal(record.lastUsed, at);
			waits.push((record.probe?.at ?? NaN) - at);
		}
		assert.deepEqual(
			waits,
			[2, 4, 8, 10, 10].map((minutes) => minutes * minute),
		);
		assert.equal(succeeded(record, { input: 0, output: 0 }, 0).probe, undefined);
	});

	it('is benched with the re-checks of its verdict; a new key that is not known after 1, 3 and 10 min', () => {
		let fresh = benched(freshKeyRecord, bench('badKey'), 'unknown', 100);
		assert.deepEqual(fresh.state, {
			is: 'benched',
			why: 'badKey',
			since: 100,
			said: 'unknown',
			hadWorked: false,
			recheckAt: 100 + minute,
			rechecksLeft: [3 * minute, 10 * minute],
		});
		const rechecks: unknown[] = [];
		for (let n = 0; n < 3; n++) {
			fresh = recheckFailed(fresh, 1000);
			rechecks.push(fresh.state.is === 'benched' && fresh.state.recheckAt);
		}
		assert.deepEqual(rechecks, [1000 + 3 * minute, 1000 + 10 * minute, undefined]);
		const old = benched(good, bench('badKey'), '', 100).state;
		assert.ok(old.is === 'benched');
		assert.deepEqual([old.recheckAt, old.hadWorked, old.rechecksLeft], [600_100, true, []]);
		const disabled = benched(freshKeyRecord, bench('serviceDisabled', [300_000]), '', 0).state;
		assert.equal(disabled.is === 'benched' && disabled.recheckAt, 300_000);
	});

	it('remembers that it had worked through a second bench', () => {
		const again = benched(benched(good, bench('badKey'), '', 1), bench('blocked'), '', 2).state;
		assert.ok(again.is === 'benched');
		assert.deepEqual([again.why, again.hadWorked, again.since], ['blocked', true, 2]);
	});

	for (const why of ['leaked', 'suspended', 'denied', 'billing'] as const) {
		it(`stays ${why} until a person acts: no weaker verdict, answer, check or re-check ends it`, () => {
			const record = benched(good, bench(why, []), '', 1);
			assert.equal(record.state.is === 'benched' && record.state.recheckAt, undefined);
			assert.equal(benched(record, bench('badKey'), '', 2), record);
			assert.equal(succeeded(record, { input: 0, output: 0 }, 2).state, record.state);
			assert.equal(proven(record, 2), record);
			assert.equal(recheckPostponed(record, minute, 2), record);
			assert.deepEqual(unbenched(record).state, { is: 'unproven' });
		});
	}

	it('is freed by a successful check, and a late answer alone frees none', () => {
		const record = benched(good, bench('badKey'), '', 1);
		assert.deepEqual(proven(record, 7).state, { is: 'good', since: 7 });
		assert.equal(succeeded(record, { input: 0, output: 0 }, 7).state.is, 'benched');
		assert.equal(proven(good, 9).state, good.state);
	});

	it('is asked again later when a re-check did not reach the service', () => {
		const later = recheckPostponed(benched(good, bench('badKey'), '', 1), minute, 500).state;
		assert.equal(later.is === 'benched' && later.recheckAt, 500 + minute);
		assert.equal(recheckPostponed(good, minute, 500), good);
		assert.equal(recheckFailed(good, 500), good);
	});

	it('comes back with at least half its health on the word of a person', () => {
		const low = benched({ ...good, score: 10, probe: { at: 1, waitMs: 1 } }, bench('leaked'), '', 1);
		assert.deepEqual([unbenched(low).score, unbenched(low).probe], [50, undefined]);
		assert.equal(unbenched(benched({ ...good, score: 80 }, bench('leaked'), '', 1)).score, 80);
		assert.equal(unbenched(good), good);
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
		const first = overloaded(freshModelRecord, 100, wait, 200);
		assert.deepEqual([first.overloadedUntil, first.repeats], [1200, 1]);
		assert.equal(overloaded(first, 150, wait, 300), first);
		assert.equal(overloaded(first, 1199, wait, 5000), first);
		const second = overloaded(first, 1200, wait, 1300);
		assert.deepEqual([second.overloadedUntil, second.repeats], [3300, 2]);
		assert.deepEqual(deniedByLoad(second, 3299), { why: 'overloaded', retryAt: 3300, repeats: 2 });
		assert.equal(deniedByLoad(second, 3300), undefined);
		assert.equal(deniedByLoad(freshModelRecord, 0), undefined);
	});

	it('forgets an outage that ended a quarter of an hour ago', () => {
		const before = { ...freshModelRecord, overloadedUntil: 1000, repeats: 2 };
		const end = 1000 + 15 * minute;
		assert.equal(overloaded(before, 5000, wait, end - 1).repeats, 3);
		assert.deepEqual(overloaded(before, 5000, wait, end), { ...before, overloadedUntil: end + 1000, repeats: 1 });
	});

	it('sends one call first after a back-off', () => {
		const record = overloaded(freshModelRecord, 0, wait, 0);
		const probe = probing(record, lease, 9000);
		const awaited = { why: 'overloaded', retryAt: 9000, repeats: 1, mayEndSooner: true };
		assert.deepEqual(deniedByLoad(probe, 2000), awaited);
		assert.equal(deniedByLoad(probe, 9000), undefined);
		assert.equal(deniedByLoad(probeEnded(probe, lease), 2000), undefined);
		assert.equal(probeEnded(probe, 'other' as LeaseId), probe);
		assert.equal(overloaded(probe, 1000, wait, 2000).probe, undefined);
		assert.deepEqual(
			[recovered(probe).repeats, recovered(probe).overloadedUntil, recovered(probe).probe],
			[0, 0, undefined],
		);
		assert.equal(probing(freshModelRecord, lease, 1), freshModelRecord);
		assert.equal(recovered(freshModelRecord), freshModelRecord);
	});

	it('learns tokens a byte: the first sample at once, later ones by a fifth', () => {
		const usage = (input: number): Usage => ({ input, cached: 0, output: 0, thoughts: 0 });
		const cost = { bytes: 1000, tokens: 0 };
		const learn = (record: ModelRecord, input: number): ModelRecord => counted(record, cost, usage(input));
		assert.equal(freshModelRecord.tokensPerByte, 0.25);
		const first = learn(freshModelRecord, 500);
		assert.deepEqual([first.tokensPerByte, first.samples], [0.5, 1]);
		assert.equal(learn(first, 1000).tokensPerByte, 0.6);
		assert.equal(learn(freshModelRecord, 9000).tokensPerByte, 1);
		assert.equal(learn(first, 0), first);
		assert.equal(counted(first, { bytes: 1000, tokens: 258 }, usage(1378)), first, 'an image costs what it costs');
		assert.equal(counted(first, { bytes: 199, tokens: 0 }, usage(50)), first);
		assert.notEqual(counted(first, { bytes: 200, tokens: 0 }, usage(50)), first);
	});

	it('estimates by bytes and known tokens, with a margin of 4 tokens and 60 %, which falls to 20 % after three samples', () => {
		const cost = { bytes: 400, tokens: 58 };
		assert.deepEqual(tokensOf(cost, { ...freshModelRecord, samples: 2 }), { likely: 158, atMost: 257 });
		assert.deepEqual(tokensOf(cost, { ...freshModelRecord, samples: 3 }), { likely: 158, atMost: 194 });
		assert.deepEqual(tokensOf({ bytes: 1, tokens: 0 }, freshModelRecord), { likely: 1, atMost: 6 });
	});
});
