import assert from 'node:assert/strict';
import { hmacSha256 } from '../../../../src/node/valkey';
import {
	bucketId,
	copyOf,
	DocMaps,
	initialSpending,
	nameOf,
	spendingAt,
	type BucketId,
	type KeyId,
	type LeaseId,
	type ProjectId,
	type Write,
} from '../../../../src/pool/pool';
import { reserved } from '../../../../src/pool/budget/spending';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { contributions, type Origin } from '../../../../src/team/away/contributions';
import { takeOver } from '../../../../src/team/away/takeover';
import type { TeamKey } from '../../../../src/team/documents/identity';

const now = Date.UTC(2026, 10, 30, 12);
const idOf = (name: string): BucketId => bucketId(`p-${name}` as ProjectId, 'm');
/** Two keys of one project, each in a project of its own here. */
const keys = ['a', 'b'].map((name): TeamKey => {
	return { id: name as KeyId, project: `p-${name}` as ProjectId, number: '1', secret: `sim-${name}` };
});
const sent = (requests: Readonly<Record<string, number>>): DocMaps => {
	const docs = new DocMaps();
	for (const [name, count] of Object.entries(requests)) {
		const doc = initialBucket(now);
		docs.apply({
			...{ kind: 'bucket', id: idOf(name) },
			doc: { ...doc, day: { ...doc.day, requests: count, sent: count } },
		});
	}
	return docs;
};
const requestsIn = (body: string | undefined): number =>
	(JSON.parse(body ?? '') as { day: { requests: number } }).day.requests;

describe('what a machine adds to the team’s documents', () => {
	const added = (ours: DocMaps, base: DocMaps, there: number, origin: Origin, since = now) => {
		const known = { hmac: hmacSha256('team'), scope: 'people', keys, machine: copyOf(ours), docs: undefined } as const;
		const rowOf = (requests: number, version: string) => {
			const { writes } = takeOver(known, { rows: [], since }, sent({ a: requests }), new DocMaps(), 'joining', now);
			const row = writes.find(({ name }) => name.startsWith('bucket')) ?? assert.fail('nothing is added');
			return { ...row, version };
		};
		const rows = there > 0 ? [rowOf(there, '1')] : [];
		return takeOver(known, { rows, since }, ours, base, origin, now).writes.filter(({ name }) =>
			name.startsWith('bucket'),
		);
	};

	it('counts both of its projects where they are one there', () => {
		for (const [ours, base, there, origin, sum] of [
			[sent({ a: 4, b: 5 }), new DocMaps(), 0, 'joining', 9],
			[sent({ a: 4, b: 5 }), new DocMaps(), 10, 'joining', 19],
			[sent({ a: 14, b: 15 }), sent({ a: 10, b: 10 }), 12, 'same', 21],
			[sent({ a: 14, b: 15 }), sent({ a: 10, b: 10 }), 2, 'renewed', 19],
		] as const) {
			const writes = added(ours, base, there, origin);
			assert.deepEqual(
				writes.map(({ body }) => requestsIn(body)),
				[sum],
				origin,
			);
		}
	});

	it('erases what a person has erased without the server, and brings nothing of it back to one that has lost it', () => {
		const bodies = (there: number, origin: Origin) =>
			added(new DocMaps(), sent({ a: 10 }), there, origin).map(({ body }) => body);
		assert.deepEqual(bodies(12, 'same'), [undefined], 'as the server still has it');
		assert.deepEqual(bodies(0, 'same'), [], 'the server has erased it itself');
		assert.deepEqual(bodies(0, 'renewed'), [], 'the server was flushed');
	});

	it('charges what ran out once, though the machine has charged it and the server has not', () => {
		const scope = 'project/p-a';
		const hold = { lease: 'l.1' as LeaseId, cost: 100, tokens: 1, expiresAt: now - 1 };
		const there: Write = { kind: 'spending', id: scope, doc: reserved(initialSpending(now), hold) };
		const ours = new DocMaps();
		ours.apply({ ...there, doc: spendingAt(there.doc, now) });
		const isSame = (a: Write, b: Write): boolean => a.doc === b.doc;
		const rules = { origin: 'gathering', teamName: nameOf, isSame, isForeign: () => false, now } as const;
		const changes = contributions(ours, ours, [there], rules);
		assert.deepEqual(
			changes.flatMap((change) => (change.kind === 'spending' ? spendingAt(change.doc, now).day.cost : [])),
			[100],
		);
	});

	it('counts where it starts what it has counted before, on a server that has lost everything of late', () => {
		const ours = sent({ a: 14 });
		for (const [there, since, sum] of [
			[0, now - 1_000, [14]],
			[12, now - 1_000, [14]],
			[15, now - 1_000, [15]],
			[12, now - 48 * 3_600_000, []],
		] as const) {
			const writes = added(ours, ours, there, 'starting', since);
			assert.deepEqual(
				writes.map(({ body }) => requestsIn(body)),
				sum,
			);
		}
	});
});
