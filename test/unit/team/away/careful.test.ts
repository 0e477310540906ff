import assert from 'node:assert/strict';
import { cooldownEnd, type BucketId, type LeaseId, type SpendingRecord } from '../../../../src/pool/pool';
import { initialSpending, limitOf, raised, reserved, spendingAt } from '../../../../src/pool/budget/spending';
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

	it('rest until the later of both ends, on whichever side that was told', () => {
		const of = (minutes: number) => {
			const until = now + minutes * 60_000;
			const status = { state: 'coolingDown', reason: 'rpd', since: now, until, backoffLevel: 0 } as const;
			return { kind: 'bucket', id: 'p/m' as BucketId, doc: { ...initialBucket(now), status } } as const;
		};
		for (const [a, b] of [
			[of(60), of(1)],
			[of(1), of(60)],
		] as const) {
			const both = careful(a, b, now);
			assert.ok(both.kind === 'bucket');
			assert.equal(cooldownEnd(both.doc.status), now + 3_600_000);
		}
	});

	it('charge once what was held and ran out, whichever of them has charged it', () => {
		const hold = { lease: 'one.1' as LeaseId, cost: 100, tokens: 5, expiresAt: now };
		const held = reserved(initialSpending(now - 60_000), hold);
		const charged = spendingAt(held, now);
		for (const [a, b] of [
			[held, charged],
			[charged, held],
			[held, held],
		] as const) {
			const write = (doc: SpendingRecord) => ({ kind: 'spending', id: 'pool', doc }) as const;
			const both = careful(write(a), write(b), now);
			assert.ok(both.kind === 'spending');
			assert.equal(spendingAt(both.doc, now).day.cost, 100);
		}
	});

	it('raise that budget alone which a person has raised', () => {
		const plain = initialSpending(now);
		const lifted = raised(plain, 'day', 5, 5);
		for (const [a, b] of [
			[plain, lifted],
			[lifted, plain],
		] as const) {
			const write = (doc: SpendingRecord) => ({ kind: 'spending', id: 'project/p', doc }) as const;
			const both = careful(write(a), write(b), now);
			assert.ok(both.kind === 'spending');
			assert.deepEqual([limitOf(both.doc.day, 5), limitOf(both.doc.day, 3)], [5_000_005, 3_000_000]);
		}
	});
});
