import assert from 'node:assert/strict';
import type { Attempt, FailureAction, KeyId, UsageCount } from '../../../../src/pool/pool';
import { Statistics } from '../../../../src/pool/usage/statistics';
import { ended } from '../../../support/pool/ended';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const told = ({ key, outcome, client, servedModel, tier, sends }: UsageCount): unknown => [
	...[key, outcome, client, servedModel, tier, sends],
];

describe('what is written down of each send', () => {
	it('is who asked, the model that answered, the tier of the project, and cached and thought tokens', async () => {
		const usage = { input: 100, cached: 40, output: 10, thoughts: 30 };
		const rig = new Rig({ a: { tier: 'paid' } }, async function* () {
			await Promise.resolve();
			yield { output: 'x' };
			yield { finishReason: 'STOP', usage, servedModel: 'm-001' };
		});
		await rig.answer({ origin: 'gateway:cline' });
		const [count, ...others] = rig.pool.usage().minutes();
		assert.deepEqual(
			[others.length, count && told(count)],
			[...[0, ['a', 'answered', 'gateway:cline', 'm-001', 'paid', 1]]],
		);
		assert.deepEqual([count?.input, count?.cached, count?.output, count?.thoughts], [100, 40, 40, 30]);
		const [record] = rig.pool.usage().requestRecords();
		const { servedModel, tier, project } = record?.attempts[0] ?? {};
		assert.deepEqual([record?.origin, servedModel, tier, project], ['gateway:cline', 'm-001', 'paid', 'p-a']);
	});

	it('is the model that was asked, where no other one is named', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer();
		assert.deepEqual(rig.pool.usage().minutes().map(told), [['a', 'answered', 'test', 'm', 'free', 1]]);
		assert.equal(rig.pool.usage().requestRecords()[0]?.attempts[0]?.servedModel, 'm');
	});

	it('is the one that a quota has named, where the answer says the name back that was asked, which may have no price', async () => {
		const usage = { input: 1, cached: 0, output: 1, thoughts: 0 };
		const rig = new Rig({ a: { tier: 'paid' } }, async function* (send) {
			if (send.nth === 1) yield* fails({ ...rpm(1000), model: 'real' } as FailureAction);
			yield { output: 'x', finishReason: 'STOP', usage, servedModel: send.model };
		});
		await rig.answer({ models: ['latest'] });
		const answered = rig.pool
			.usage()
			.minutes()
			.filter(({ outcome }) => outcome === 'answered');
		assert.deepEqual(answered.map(told), [['a', 'answered', 'test', 'real', 'paid', 1]]);
	});

	it('is told of a failure as well, and the key that was set aside for it is counted with it', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		await rig.answer({ origin: 'lm:publisher.other' });
		const counts = rig.pool.usage().minutes();
		assert.deepEqual(counts.map(told).sort(), [
			['a', 'rpm', 'lm:publisher.other', 'm', 'free', 1],
			['b', 'answered', 'lm:publisher.other', 'm', 'free', 1],
		]);
		assert.deepEqual(counts.map(({ fallbacks = 0 }) => fallbacks).sort(), [0, 1]);
		const failed = rig.pool.usage().requestRecords()[0]?.attempts[0] as Attempt;
		assert.deepEqual([failed.servedModel, failed.tier], [undefined, 'free'], 'nobody served it');
	});

	it('counts each key that was set aside with the send that it was for, in the minute in which it was', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		const [a, b] = ['a' as KeyId, 'b' as KeyId];
		const sent = { model: 'latest', label: '', sentAt: clock.wall(), ms: 1 };
		const attempts: readonly Attempt[] = [
			{ ...sent, key: a, outcome: 'cutStream', servedModel: 'm-001', tier: 'paid' },
			{ ...sent, key: a, outcome: 'rpm', tier: 'paid' },
			{ ...sent, key: b, outcome: 'rpm', tier: 'free' },
		];
		const record = { request: 'r', origin: 'chat', endedAt: clock.wall(), outcome: 'answered', attempts } as const;
		const switches = [
			{ key: a, model: 'latest', reason: 'cutStream', agoMs: 180_000 },
			{ key: a, model: 'latest', reason: 'rpm', agoMs: 0 },
			{ key: b, model: 'latest', reason: 'rpm', agoMs: 0 },
		] as const;
		await ended(store, record, switches);
		const minute = clock.wall() / 60_000;
		const counts = new Statistics(store).minutes().map((count) => [count.minute - minute, told(count)]);
		assert.deepEqual(counts, [
			[-3, ['a', 'cutStream', 'chat', 'm-001', 'paid', 0]],
			[0, ['a', 'rpm', 'chat', 'latest', 'paid', 0]],
			[0, ['b', 'rpm', 'chat', 'latest', 'free', 0]],
		]);
	});

	it('keeps of one request the newest 200 attempts, without what the service said', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const sent = {
			key: 'a' as KeyId,
			model: 'm',
			label: '',
			ms: 1,
			outcome: 'rpm',
			serviceMessage: 'You asked: …',
		} as const;
		const attempts = Array.from({ length: 250 }, (_, n): Attempt => ({ ...sent, sentAt: n }));
		await ended(store, { request: 'r', origin: 'chat', endedAt: 1, outcome: 'rpm', attempts });
		const kept = new Statistics(store).requestRecords()[0]?.attempts ?? [];
		assert.deepEqual([kept.length, kept[0]?.sentAt, kept.at(-1)?.sentAt], [200, 50, 249]);
		assert.ok(!JSON.stringify(kept).includes('You asked'));
	});

	it('drops old requests many at a time, so that answers side by side seldom share a document', async () => {
		const store = new InMemoryStore(new VirtualClock());
		const dropped: number[] = [];
		store.onDidChange((refs) => dropped.push(refs.length - 1));
		for (let n = 0; n < 400; n++) {
			await ended(store, { request: `r${n}`, origin: 'chat', endedAt: n, outcome: 'answered', attempts: [] });
		}
		const many = dropped.filter((count) => count > 0);
		assert.deepEqual([many.length > 0 && many.length <= 4, store.replica().requestRecord.size <= 250], [true, true]);
		const kept = new Statistics(store).requestRecords();
		assert.deepEqual([kept.length, kept[0]?.request, kept.at(-1)?.request], [200, 'r200', 'r399']);
	});

	it('keeps two clients of one key and minute apart', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer({ origin: 'chat' });
		await rig.answer({ origin: 'batch' });
		await rig.answer({ origin: 'chat' });
		assert.deepEqual(
			rig.pool
				.usage()
				.minutes()
				.map(({ client, sends }) => [client, sends]),
			[
				['chat', 2],
				['batch', 1],
			],
		);
		assert.equal(rig.store.replica().usage.size, 1);
	});

	it('counts a project as free whose paid tier the service has denied', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, answers);
		await rig.store.transact((tx) =>
			tx.put({ kind: 'pool', doc: { v: 2, revoked: { 'p-a': { since: 1, by: 'a' as never } } } }),
		);
		await rig.answer();
		assert.equal(rig.pool.usage().minutes()[0]?.tier, 'free');
	});
});

describe('the end of an answered request', () => {
	it('is stored with its answer, in one step, and told of once by each window', async () => {
		const here = new Rig({ a: {} }, answers);
		const there = new Rig({ a: {} }, answers, { beside: here });
		const steps: string[][] = [];
		here.store.onDidChange((refs) => steps.push(refs.map(({ kind }) => kind)));
		const ends: string[] = [];
		for (const [name, { pool }] of Object.entries({ here, there })) {
			pool.onEvent((event) => event.type === 'ended' && ends.push(`${name}: ${event.in}, ${event.record.outcome}`));
		}
		await here.answer();
		const lasts = steps.filter((kinds) => kinds.includes('usage') || kinds.includes('requestRecord'));
		assert.deepEqual(
			lasts.map((kinds) => kinds.includes('usage') && kinds.includes('requestRecord')),
			[true],
		);
		assert.deepEqual(ends.sort(), ['here: this window, answered', 'there: another window, answered']);
		const [attempt] = here.pool.usage().requestRecords()[0]?.attempts ?? [];
		assert.deepEqual([attempt?.key, attempt?.outcome], ['a', 'answered']);
	});
});
