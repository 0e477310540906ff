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
});
