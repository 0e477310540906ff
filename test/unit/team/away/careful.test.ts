import assert from 'node:assert/strict';
import type { BucketId } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { careful } from '../../../../src/team/away/careful';

const now = Date.UTC(2026, 10, 30, 12);

describe('two copies of one document', () => {
	it('say how much was sent of a day’s count that others share, and not only what counts', () => {
		const of = (requests: number, sent: number) => {
			const doc = initialBucket(now);
			return { kind: 'bucket', id: 'p/m' as BucketId, doc: { ...doc, day: { ...doc.day, requests, sent } } } as const;
		};
		for (const [a, b] of [
			[of(250, 12), of(250, 11)],
			[of(0, 12), of(0, 11)],
		] as const) {
			const both = careful(a, b, now);
			assert.ok(both.kind === 'bucket');
			assert.equal(both.doc.day.sent, 12);
		}
	});
});
