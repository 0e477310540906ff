import assert from 'node:assert/strict';
import { ClientCounts } from '../../../../src/pool/pool';
import { DataErasure } from '../../../../src/pool/maintenance/dataErasure';
import { mergeClientCounts } from '../../../../src/pool/usage/clientCounts';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const usage = { input: 100, cached: 0, output: 20, thoughts: 5 };

describe('what clients use', () => {
	it('is counted by client, day by day of the Pacific', async () => {
		const clock = new VirtualClock(Date.UTC(2026, 10, 24, 20));
		const store = new InMemoryStore(clock);
		const [here, there] = [new ClientCounts(store), new ClientCounts(store)];
		const endsAt = Date.UTC(2026, 10, 25, 8);
		assert.deepEqual(here.of('a'), { lastUsedAt: 0, requests: 0, input: 0, output: 0, endsAt });
		await here.used('a', { requests: 1, usage });
		await here.used('a', { requests: 0, usage: undefined });
		await there.admit('b', 5);
		assert.deepEqual(there.of('a'), { lastUsedAt: clock.wall(), requests: 1, input: 100, output: 25, endsAt });
		assert.equal(there.of('b').requests, 1);
		await clock.advance(12 * 3_600_000);
		const next = { requests: 0, input: 0, output: 0, endsAt: endsAt + 24 * 3_600_000 };
		assert.deepEqual({ ...here.of('a'), lastUsedAt: 0 }, { lastUsedAt: 0, ...next });
	});

	it('holds a limit of requests over all that count on one store, and says when the day ends', async () => {
		const clock = new VirtualClock(Date.UTC(2026, 10, 24, 20));
		const store = new InMemoryStore(clock);
		const [here, there] = [new ClientCounts(store), new ClientCounts(store)];
		const answers = await Promise.all([here, there, here, there, here].map((counts) => counts.admit('a', 3)));
		const midnight = Date.UTC(2026, 10, 25, 8);
		assert.deepEqual(answers, [undefined, undefined, undefined, midnight, midnight]);
		assert.equal(here.of('a').requests, 3);
		await clock.advance(midnight - clock.wall());
		assert.equal(await there.admit('a', 3), undefined);
	});

	it('is forgotten with a client, and with everything', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const counts = new ClientCounts(store);
		for (const id of ['a', 'b']) await counts.admit(id, 9);
		await counts.forget('a');
		assert.deepEqual([counts.of('a').requests, counts.of('b').requests], [0, 1]);
		await new DataErasure(store).eraseAll();
		assert.equal(counts.of('b').requests, 0);
	});

	it('adds up what two windows counted while they could not see each other', () => {
		const of = (requests: number, endsAt = 9) =>
			({ v: 2, lastUsedAt: requests, day: { endsAt, requests, input: requests * 10, output: 0 } }) as const;
		assert.deepEqual(mergeClientCounts(of(5), of(4), of(3)), {
			v: 2,
			lastUsedAt: 5,
			day: { endsAt: 9, requests: 6, input: 60, output: 0 },
		});
		assert.equal(mergeClientCounts(of(5), of(4), undefined).day.requests, 9);
		assert.equal(mergeClientCounts(of(5, 8), of(4), of(3, 8)).day.requests, 4);
		assert.equal(mergeClientCounts(of(5), of(4, 8), of(3, 8)).day.requests, 5, 'of two days the later one');
	});

	it('gives nothing back where one of the windows forgot what had been counted', () => {
		const of = (requests: number) =>
			({ v: 2, lastUsedAt: 1, day: { endsAt: 9, requests, input: 0, output: 0 } }) as const;
		assert.equal(mergeClientCounts(of(1), of(4), of(3)).day.requests, 4);
	});

	it('begins anew where a clock that went far back has left a day to come', async () => {
		const clock = new VirtualClock();
		const counts = new ClientCounts(new InMemoryStore(clock));
		await counts.admit('a', 1);
		clock.jump(-10 * 24 * 3_600_000);
		assert.deepEqual([counts.of('a').requests, await counts.admit('a', 1)], [0, undefined]);
	});
});
