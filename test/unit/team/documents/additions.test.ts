import assert from 'node:assert/strict';
import { hmacSha256 } from '../../../../src/node/valkey';
import {
	bucketAfter,
	bucketId,
	DocMaps,
	type BucketEvent,
	type CallEvent,
	type KeyId,
	type Lease,
	type LeaseId,
	type ProjectId,
	type SpendingEvent,
	type Write,
} from '../../../../src/pool/pool';
import { initialSpending } from '../../../../src/pool/budget/spending';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { minuteUse } from '../../../../src/pool/quota/minuteCounter';
import { additionOf, withAdditions } from '../../../../src/team/documents/additions';
import { Identity } from '../../../../src/team/documents/identity';

const now = Date.UTC(2026, 10, 30, 12);
const project = 'p' as ProjectId;
const id = bucketId(project, 'm');
const leaseId = 'window-1.request-1' as LeaseId;
const lease: Lease = { id: leaseId, holder: 'window-1', input: 10, sentAt: now, expiresAt: now + 60_000 };
const call = (event: BucketEvent): CallEvent => ({ kind: 'bucket', id, event });
const identity = (): Identity =>
	new Identity(hmacSha256('team'), 'people', [{ id: 'a' as KeyId, project, secret: 'sim-a' }], new Map());
const empty: Write = { kind: 'bucket', id, doc: initialBucket(now) };
const lineOf = ({ requests, input, event }: ReturnType<typeof additionOf>): string => `7 ${requests} ${input} ${event}`;
const read = (write: Write, ...lines: readonly string[]) => withAdditions(write, lines, now);

describe('what calls add to a document of the team', () => {
	it('says what they take, under names that say nothing', () => {
		const docs = new DocMaps();
		const admitted = additionOf('b', [call({ at: now, type: 'admitted', lease })], docs, identity());
		assert.deepEqual([admitted.requests, admitted.input], [1, 10]);
		docs.apply({ kind: 'bucket', id, doc: bucketAfter(initialBucket(now), { at: now, type: 'admitted', lease }) });
		const outcome = { type: 'answered', input: 25 } as const;
		const ended = additionOf('b', [call({ at: now, type: 'ended', lease: leaseId, outcome })], docs, identity());
		assert.deepEqual([ended.requests, ended.input], [0, 15], 'what the answer proved to take beyond it');
		const refused = { type: 'refused' } as const;
		const back = additionOf(
			'b',
			[call({ at: now, type: 'ended', lease: leaseId, outcome: refused })],
			docs,
			identity(),
		);
		assert.deepEqual([back.requests, back.input], [0, 0]);
		for (const { event } of [admitted, ended, back]) assert.doesNotMatch(event, /window|request/);
	});

	it('makes of it what the calls made of it here', () => {
		const names = identity();
		const calls = [call({ at: now, type: 'admitted', lease }), call({ at: now, type: 'firstChunk', lease: leaseId })];
		const line = lineOf(additionOf('b', calls, new DocMaps(), names));
		const { doc } = read(empty, line) as typeof empty & { readonly kind: 'bucket' };
		assert.deepEqual([doc.day.requests, doc.day.input, doc.leases.length], [1, 10, 1]);
		const end = call({ at: now + 9, type: 'ended', lease: leaseId, outcome: { type: 'refused' } });
		const both = read(empty, line, lineOf(additionOf('b', [end], new DocMaps(), names)));
		assert.deepEqual(both.kind === 'bucket' && [both.doc.day.requests, both.doc.leases], [0, []]);
	});

	it('brings money to the same sum', () => {
		const scope = 'project/p' as const;
		const money = (event: SpendingEvent): CallEvent => ({ kind: 'spending', id: scope, event });
		const hold = { lease: leaseId, cost: 90, tokens: 5, expiresAt: now + 60_000 };
		const settlement = { cost: 40, tokens: 7, isCounted: true };
		const calls = [
			money({ at: now, type: 'reserved', hold }),
			money({ at: now, type: 'extended', lease: leaseId, expiresAt: now + 90_000 }),
			money({ at: now + 70_000, type: 'settled', lease: leaseId, settlement }),
		];
		const write: Write = { kind: 'spending', id: scope, doc: initialSpending(now) };
		const after = read(write, lineOf(additionOf('s', calls, new DocMaps(), identity())));
		assert.ok(after.kind === 'spending');
		const { day, reservations } = after.doc;
		assert.deepEqual([day.cost, day.requests, day.tokens, reservations], [40, 1, 7, []]);
	});

	it('takes no lease for one of the future because word of another one’s end came late', () => {
		const later = { ...lease, id: 'b'.repeat(22) as LeaseId, sentAt: now + 60_000, expiresAt: now + 120_000 };
		const line = (event: unknown): string => `7 0 0 ${JSON.stringify([event])}`;
		const write = read(
			empty,
			line({ at: now + 60_000, type: 'admitted', lease: later }),
			line({ at: now, type: 'ended', lease: 'x', outcome: { type: 'spent' } }),
		);
		assert.deepEqual(write.kind === 'bucket' && write.doc.leases, [later]);
	});

	it('gives back what came late and was refused, in the minute in which it was counted', () => {
		const soon = { ...lease, id: 'b'.repeat(22) as LeaseId, sentAt: now + 300 };
		const line = (event: unknown): string => `7 0 0 ${JSON.stringify([event])}`;
		const write = read(
			empty,
			line({ at: now + 300, type: 'admitted', lease: soon }),
			line({ at: now, type: 'admitted', lease: { ...lease, id: 'l' } }),
			line({ at: now + 900, type: 'ended', lease: 'l', outcome: { type: 'refused' } }),
		);
		assert.ok(write.kind === 'bucket');
		assert.deepEqual([minuteUse(write.doc.minute, now), write.doc.day.requests], [{ requests: 1, input: 10 }, 1]);
	});

	for (const text of [
		'no event',
		'[]',
		'{}',
		'[null]',
		'[{"type":"gone","at":1}]',
		'[{"type":"renewed","lease":"l","leaseMs":-1,"at":1}]',
		`[{"type":"firstChunk","lease":"l","at":${now + 3_600_000}}]`,
		'[{"type":"ended","lease":"l","at":1e999,"outcome":{"type":"spent"}}]',
		'[{"type":"admitted","at":1,"lease":{"id":"l","input":-5,"sentAt":1,"expiresAt":2}}]',
	]) {
		it(`counts ${text} of whoever may write there as nothing`, () => {
			assert.deepEqual(read(empty, `7 1 1 ${text}`, text), empty);
		});
	}
});
