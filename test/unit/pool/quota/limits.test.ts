import assert from 'node:assert/strict';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { mayTest, raiseTestedLimit, learnStatedLimit } from '../../../../src/pool/quota/limitLearning';
import type { Bucket } from '../../../../src/pool/types/stateStore';

const minute = 60_000;
const start = Date.UTC(2026, 10, 24, 20);

/** A bucket whose limits a row of findings has made, each at so many minutes after the start. */
function after(findings: readonly (readonly [at: number, what: number | 'passed'])[]): Bucket {
	return findings.reduce((bucket: Bucket, [at, what]) => {
		const now = start + at * minute;
		const limits =
			what === 'passed' ? raiseTestedLimit(bucket, 'rpm', 0, now) : learnStatedLimit(bucket, 'rpm', what, now);
		return { ...bucket, limits };
	}, initialBucket(start));
}

/** Minutes from the start until the limit is in doubt. */
function doubtedAt(bucket: Bucket): number {
	return ((bucket.limits.rpm?.retestAt ?? NaN) - start) / minute;
}

describe('pool: learnt limits', () => {
	it('are doubted after ten minutes, and twice as late each time they hold', () => {
		assert.equal(doubtedAt(after([[0, 12]])), 10);
		const confirmed = after([
			[0, 12],
			[10, 12],
		]);
		assert.equal(doubtedAt(confirmed), 30);
		assert.equal(mayTest(confirmed, undefined, 'rpm', start + 29 * minute), false);
		assert.equal(mayTest(confirmed, undefined, 'rpm', start + 30 * minute), true);
	});

	it('count as confirmed where a test got past them and the service then stated them again', () => {
		const bucket = after([
			[0, 12],
			[10, 'passed'],
			[11, 'passed'],
			[12, 12],
		]);
		assert.equal(bucket.limits.rpm?.value, 12);
		assert.equal(doubtedAt(bucket), 32);
	});

	it('are doubted early again when the service states another one', () => {
		const bucket = after([
			[0, 12],
			[10, 12],
			[30, 'passed'],
			[31, 24],
		]);
		assert.equal(doubtedAt(bucket), 41);
	});

	it('remember from which height they fell, and since when, until the service states as much again', () => {
		const fell = (...stated: readonly number[]) => {
			const known = after(stated.map((value, n) => [n, value])).limits.rpm?.fell;
			return known && [known.from, (known.at - start) / minute];
		};
		assert.deepEqual([fell(20), fell(20, 20), fell(20, 30)], [undefined, undefined, undefined]);
		assert.deepEqual(
			[fell(20, 10), fell(20, 10, 10), fell(20, 10, 15)],
			[
				[20, 1],
				[20, 1],
				[20, 1],
			],
		);
		assert.deepEqual(
			[fell(20, 10, 5), fell(20, 10, 5, 8)],
			[
				[20, 2],
				[20, 2],
			],
		);
		assert.deepEqual([fell(20, 10, 20), fell(20, 10, 30), fell(20, 10, 20, 15)], [undefined, undefined, [20, 3]]);
	});

	it('keep what is known of them when a test gets past one: from where it fell, and despite which limit of a person', () => {
		const fallen = after([[0, 20]]);
		const known = { ...fallen, limits: learnStatedLimit(fallen, 'rpm', 10, start + minute, 100) };
		const now = start + 11 * minute;
		assert.deepEqual(raiseTestedLimit(known, 'rpm', 0, now).rpm, {
			...{ value: 11, source: 'tested', stated: 10, despite: 100, at: now, retestMs: 10 * minute, retestAt: now },
			fell: { from: 20, at: start + minute },
		});
		const plain = after([[0, 20]]);
		assert.deepEqual(raiseTestedLimit(plain, 'rpm', 0, now).rpm, {
			...{ value: 22, source: 'tested', stated: 20, at: now, retestMs: 10 * minute, retestAt: now },
		});
	});

	it('are tested against a limit of a person only while they hold despite that very one, and are lower', () => {
		const learnt = (value: number) => ({
			...initialBucket(start),
			limits: learnStatedLimit(initialBucket(start), 'rpm', value, start, 100),
		});
		const may = (value: number, rpm?: number): boolean =>
			mayTest(learnt(value), rpm === undefined ? undefined : { rpm }, 'rpm', start + 10 * minute);
		assert.deepEqual(
			[may(5), may(5, 100), may(5, 20), may(100, 100), may(150, 100)],
			[true, true, false, false, false],
		);
	});

	it('of tokens may be tested whoever else uses the project', () => {
		const limits = { ...after([[0, 12]]).limits, ...learnStatedLimit(initialBucket(start), 'tpm', 900, start) };
		const now = start + 10 * minute;
		const shared = { ...initialBucket(start), limits, externalUsage: { requests: 3, until: now + minute } };
		assert.deepEqual([mayTest(shared, undefined, 'tpm', now), mayTest(shared, undefined, 'rpm', now)], [true, false]);
	});
});
