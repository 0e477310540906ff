import assert from 'node:assert/strict';
import type { BucketId, KeyId, ProjectId, Write } from '../../../../src/pool/pool';
import { Statistics } from '../../../../src/pool/usage/statistics';
import { usageOf } from '../../../support/pool/counts';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const now = Date.UTC(2026, 10, 24, 20, 30);
const last = now / 60_000;
const day = 24 * 60;
const key = 'a' as KeyId;

describe('statistics', () => {
	const store = (): InMemoryStore => new InMemoryStore(new VirtualClock(now));
	const write = (to: InMemoryStore, ...writes: readonly Write[]): Promise<void> =>
		to.transact((tx) => writes.forEach((one) => tx.put(one)));
	const cost = (id: string, dayEndsAt: number): Write => ({
		...{ kind: 'dailyCost', id },
		doc: {
			...{ v: 2, dayEndsAt, monthEndsAt: now, key, project: 'p' as ProjectId, client: 'chat', model: 'm' },
			...{ tier: 'paid', sends: 1, input: 1, cached: 0, output: 1, thoughts: 0, cost: 5, listCost: 5 },
		},
	});

	it('are of the last 24 hours to the minute, oldest first, whatever was written first', async () => {
		const kept = store();
		const sent = (minute: number): Write => usageOf({ minute, key, outcome: 'answered', sends: 1 });
		const hour = usageOf(
			{ minute: last - day + 1, key, outcome: 'answered', sends: 1 },
			{ minute: last - day, key, outcome: 'answered', sends: 1 },
		);
		await write(kept, sent(last), sent(last - 90), hour);
		assert.deepEqual(
			new Statistics(kept).minutes().map(({ minute }) => minute - last),
			[1 - day, -90, 0],
		);
	});

	it('are not of a year to come, where a clock was that far ahead: each hour of a year they would be of the last one', async () => {
		const kept = store();
		const sent = (minute: number): Write => usageOf({ minute, key, outcome: 'answered', sends: 1 });
		await write(kept, sent(last + 90), sent(last + 365 * day), cost('today', now + 3_600_000));
		await write(kept, cost('of a year to come', now + 365 * 86_400_000));
		const statistics = new Statistics(kept);
		assert.deepEqual(
			statistics.minutes().map(({ minute }) => minute - last),
			[90],
		);
		assert.deepEqual(
			statistics.dailyCosts().map(({ dayEndsAt }) => dayEndsAt - now),
			[3_600_000],
		);
	});

	it('tell of requests, the one that ended first before the others', async () => {
		const kept = store();
		const ended = (request: string, endedAt: number): Write => {
			const doc = { request, origin: 'chat', endedAt, outcome: 'answered', attempts: [] } as const;
			return { kind: 'requestRecord', id: request, doc };
		};
		await write(kept, ended('last', now), ended('first', now - 9), ended('second', now - 5));
		assert.deepEqual(
			new Statistics(kept).requestRecords().map(({ request }) => request),
			['first', 'second', 'last'],
		);
	});

	it('tell what days have cost, oldest first', async () => {
		const kept = store();
		await write(kept, cost('new', now), cost('old', now - 86_400_000));
		assert.deepEqual(
			new Statistics(kept).dailyCosts().map(({ dayEndsAt }) => dayEndsAt - now),
			[-86_400_000, 0],
		);
	});

	it('are told to have changed by what they are made of, and by nothing else', async () => {
		const kept = store();
		let changes = 0;
		const off = new Statistics(kept).onDidChange(() => changes++);
		const record = { request: 'r', origin: 'chat', endedAt: now, outcome: 'answered', attempts: [] } as const;
		const parts: readonly Write[] = [
			usageOf({ minute: last, key, outcome: 'answered', sends: 1 }),
			{ kind: 'requestRecord', id: 'r', doc: record },
			{ kind: 'cooldown', id: 'p/m' as BucketId, doc: { v: 2, spans: [] } },
			cost('d', now),
		];
		for (const [n, part] of parts.entries()) {
			await write(kept, part);
			assert.equal(changes, n + 1, part.kind);
		}
		await write(kept, { kind: 'pool', doc: { v: 2, forgottenAt: 1 } });
		assert.equal(changes, parts.length);
		await write(kept, { kind: 'pool', doc: { v: 2, forgottenAt: 2 } }, cost('e', now));
		assert.equal(changes, parts.length + 1, 'among others');
		off();
		await write(kept, cost('f', now));
		assert.equal(changes, parts.length + 1);
	});
});
