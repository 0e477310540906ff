import assert from 'node:assert/strict';
import { hmacSha256 } from '../../../../src/node/valkey';
import {
	bucketId,
	DocMaps,
	initialKeyRecord,
	initialSpending,
	storedDocument,
	type KeyId,
	type NamedRef,
	type ProjectId,
} from '../../../../src/pool/pool';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { Identity } from '../../../../src/team/documents/identity';
import { TeamDocs } from '../../../../src/team/documents/teamDocs';

const now = Date.UTC(2026, 10, 30, 12);
const project = 'p' as ProjectId;
const key = { id: 'a' as KeyId, project, secret: 'sim-a' };

describe('the documents of a team', () => {
	it('are no more than a look at the pool can go through, whoever writes them', () => {
		const identity = new Identity(hmacSha256('team'), 'people', [key], new Map());
		const docs = new TeamDocs(new DocMaps(), identity);
		const rowsOf = (kind: 'model' | 'bucket', count: number) =>
			Array.from({ length: count }, (_, n) => {
				const ref = kind === 'model' ? { kind, id: `m${n}` } : { kind, id: bucketId(project, `m${n}`) };
				const body = JSON.stringify(kind === 'model' ? initialModelRecord : initialBucket(now));
				return { name: identity.nameOf(ref) ?? '', version: '7', body };
			});
		docs.apply([...rowsOf('model', 1_200), ...rowsOf('bucket', 20_100)], now);
		assert.deepEqual([docs.view.model.size, docs.view.bucket.size], [1_000, 20_000]);
		// What is known is still told of, and what is not can be written over.
		const told = { name: 'model m1', version: '8', body: JSON.stringify({ ...initialModelRecord, askedAt: now }) };
		assert.deepEqual(docs.apply([told], now), [{ kind: 'model', id: 'm1', doc: docs.view.model.get('m1') }]);
		assert.equal(docs.versionOf('model m1100'), '7');
		docs.apply([{ name: 'model m2', version: '0', body: undefined }, ...rowsOf('model', 1_200).slice(-1)], now);
		assert.deepEqual(
			[docs.view.model.has('m2'), docs.view.model.has('m1199')],
			[false, true],
			'in a place that is free',
		);
		// What this machine has written itself is known to it.
		const own = rowsOf('model', 1_100).slice(-1);
		assert.deepEqual(docs.apply(own, now), []);
		assert.deepEqual(
			docs.committed(own, '9', now).map((ref) => 'id' in ref && ref.id),
			['m1099'],
		);
	});

	it('count as absent where no step can work with them, so that nobody is kept out by one that somebody wrote', () => {
		const identity = new Identity(hmacSha256('team'), 'replicas', [key], new Map());
		const nested = '['.repeat(20_000) + ']'.repeat(20_000);
		const withField = (doc: object, field: string): string => `${JSON.stringify(doc).slice(0, -1)},${field}}`;
		const bucket = { kind: 'bucket', id: bucketId(project, 'm') } as const;
		const lease = `{"id":"l","input":1,"sentAt":${now},"expiresAt":${now + 1},"x":${nested}}`;
		const hostile: readonly (readonly [ref: NamedRef, body: string])[] = [
			...['constructor', '__proto__', 'prototype'].map(
				(name) => [bucket, withField(initialBucket(now), `"limits":{"${name}":null}`)] as const,
			),
			[bucket, withField(initialBucket(now), `"x":${nested}`)],
			[bucket, `${JSON.stringify(initialBucket(now))}\n1 1 1 [{"type":"admitted","at":${now},"lease":${lease}}]`],
			[{ kind: 'key', id: key.id }, withField(initialKeyRecord, `"x":${nested}`)],
			[{ kind: 'model', id: 'm' }, withField(initialModelRecord, `"x":${nested}`)],
			[{ kind: 'spending', id: 'pool' }, withField(initialSpending(now), `"x":${nested}`)],
		];
		for (const [ref, body] of hostile) {
			const docs = new TeamDocs(new DocMaps(), identity);
			const name = identity.nameOf(ref) ?? '';
			docs.apply([{ name, version: '7', body }], now);
			assert.equal(storedDocument(docs.view, ref), undefined, body.slice(0, 200));
			assert.equal(docs.versionOf(name), '7', 'it can be written over');
		}
	});
});
