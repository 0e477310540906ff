import assert from 'node:assert/strict';
import { hmacSha256 } from '../../../../src/node/valkey';
import { bucketId, DocMaps, type KeyId, type ProjectId } from '../../../../src/pool/pool';
import { initialBucket } from '../../../../src/pool/quota/bucket';
import { Identity, type TeamKey } from '../../../../src/team/documents/identity';
import { movedProjects } from '../../../../src/team/documents/moveProjects';
import { TeamDocs } from '../../../../src/team/documents/teamDocs';

const now = Date.UTC(2026, 10, 30, 12);
const key = (id: string, number?: string, project = id): TeamKey => ({
	...{ id: id as KeyId, project: `p-${project}` as ProjectId, secret: `sim-${id}` },
	...(number !== undefined && { number }),
});
const docsOf = (keys: readonly TeamKey[]): TeamDocs =>
	new TeamDocs(new DocMaps(), new Identity(hmacSha256('team'), 'people', keys, new Map()));

describe('what was counted under the names that projects had', () => {
	for (const [what, keys] of [
		['', [key('a', '1'), key('b', '1')]],
		[', and are one here from then on', [key('a', '1'), key('b', '1', 'a')]],
	] as const) {
		it(`is added up where two of them prove to be one${what}`, () => addsUp(keys));
	}

	it('is there for the rests as well, which the dashboard shows for a day', () => {
		const [old, next] = [docsOf([key('a')]), docsOf([key('a', '1')])];
		const ref = { kind: 'cooldown', id: bucketId('p-a' as ProjectId, 'm') } as const;
		const [from = '', to = ''] = [old.identity.nameOf(ref), next.identity.nameOf(ref)];
		const spans = [{ reason: 'rpm', from: now - 60_000, until: now - 1_000 }];
		for (const docs of [old, next])
			docs.apply([{ name: from, version: '1', body: JSON.stringify({ v: 2, spans }) }], now);
		const { writes } = movedProjects(old, next, now) ?? assert.fail('nothing has moved');
		assert.deepEqual(
			writes.map(({ name, body }) => [name, body && (JSON.parse(body) as { spans: unknown }).spans]),
			[
				[from, undefined],
				[to, spans],
			],
		);
	});

	const addsUp = (keys: readonly TeamKey[]): void => {
		const [old, next] = [docsOf([key('a'), key('b')]), docsOf(keys)];
		const rows = ['a', 'b'].map((id, n) => {
			const doc = initialBucket(now);
			return {
				name: old.identity.nameOf({ kind: 'bucket', id: bucketId(`p-${id}` as ProjectId, 'm') }) ?? '',
				version: String(n + 1),
				body: JSON.stringify({ ...doc, day: { ...doc.day, requests: 4 + n, sent: 4 + n } }),
			};
		});
		for (const docs of [old, next]) docs.apply(rows, now);
		const { reads, writes } = movedProjects(old, next, now) ?? assert.fail('nothing has moved');
		assert.equal(new Set(writes.map(({ name }) => name)).size, writes.length, 'none is written over by the next');
		assert.equal(reads.size, writes.length);
		const [moved, ...more] = writes.flatMap(({ body }) => body ?? []);
		assert.deepEqual(more, []);
		const { day } = JSON.parse(moved ?? '') as { day: { requests: number; sent: number } };
		assert.deepEqual([day.requests, day.sent], [9, 9]);
		next.apply([{ name: writes.find(({ body }) => body !== undefined)?.name ?? '', version: '3', body: moved }], now);
		assert.equal(next.view.bucket.get(bucketId('p-a' as ProjectId, 'm'))?.day.requests, 9);
	};
});
