import assert from 'node:assert/strict';
import {
	Failure,
	type Chunk,
	type KeyId,
	type PoolRecord,
	type ProjectId,
	type FailureAction,
	type Write,
} from '../../../../src/pool/pool';
import { reconcile } from '../../../../src/pool/store/reconcile';
import { restoreTier, revokeTier, withoutRevoked } from '../../../../src/pool/health/revokedTier';
import { blindToPool } from '../../../support/pool/blindToPool';
import { answers, fails, Rig, rpd, rpm, type Send } from '../../../support/pool/rig';
import type { StoreData } from '../../../support/pool/inMemoryStore';

const needs = { paid: true };
const paid = { tier: 'paid' } as const;
const freeTier: FailureAction = { type: 'coolDown', reason: 'rpd', limit: 20 };
const freeMinute: FailureAction = { type: 'coolDown', reason: 'rpm', limit: 5, delayMs: 5_000 };
const noModel: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 3_600_000 };

/** The first send of `key` shows the free tier; all else is answered. */
const contradicts =
	(key: string, action: FailureAction = freeMinute) =>
	(send: Send) =>
		send.key === key && send.nth === 1 ? failsAsFree(action) : answers(send);
const failsAsFree = (action: FailureAction): AsyncIterable<Chunk<string>> => ({
	[Symbol.asyncIterator]: () => ({
		next: () => Promise.reject(new Failure(action, true, 'Quota exceeded', 429, 'free')),
	}),
});
const tierOf = (rig: Rig, key: string) => {
	const view = rig.pool.snapshot().keys.find((one) => one.key.id === key);
	return [view?.project.tier, view?.revoked?.by];
};

describe('a mark of paid that the service contradicts', () => {
	for (const action of [freeTier, freeMinute, noModel]) {
		it(`is revoked at once, and a demand for paid keys refuses the project from then on: ${action.type} ${action.reason}`, async () => {
			const rig = new Rig({ a: { ...paid, project: 'p' }, b: { ...paid, project: 'p' } }, contradicts('a', action));
			const first = await rig.answer({ needs });
			assert.equal(first.error?.reason, 'paidOnly');
			assert.equal(rig.order, 'a', 'nothing more of the same prompt goes to the project');
			assert.deepEqual(
				[tierOf(rig, 'a'), tierOf(rig, 'b')],
				[
					['free', 'a'],
					['free', 'a'],
				],
			);
			await rig.clock.advance(3_600_000);
			assert.equal((await rig.answer({ needs })).error?.reason, 'paidOnly');
			assert.equal(rig.order, 'a');
			assert.equal(rig.pool.snapshot().total, 2);
			rig.pool.configure({ paidOnly: true });
			assert.deepEqual([rig.pool.snapshot().usable, rig.pool.snapshot().total], [0, 0]);
		});
	}

	it('is known as revoked also while the pool has other keys, as those of a team’s gateway', async () => {
		const rig = new Rig({ a: { ...paid, project: 'p' }, b: { ...paid, project: 'q' } }, contradicts('a'));
		await rig.answer({ needs });
		rig.setKeys({ c: {} });
		const isRevoked = (project: string): boolean => rig.pool.isTierRevoked(project as ProjectId);
		assert.deepEqual([isRevoked('p'), isRevoked('q')], [true, false]);
	});

	it('leaves the prompt to another paid project, and the project to prompts without that demand', async () => {
		const rig = new Rig({ a: paid, b: paid }, contradicts('a'));
		assert.equal((await rig.answer({ needs })).text, 'from b');
		await rig.clock.advance(120_000);
		await rig.answer({ needs });
		await rig.answer();
		assert.equal(rig.order, 'a b b a');
	});

	it('holds for a prompt that waits for the project, in another window, and after a restart', async () => {
		const keys = { a: { ...paid, project: 'p' }, c: { ...paid, project: 'q' } };
		const one = new Rig(
			keys,
			(send) => (send.key === 'a' && send.nth === 2 ? failsAsFree(freeMinute) : fails(rpm(10_000))),
			{
				window: 'one',
			},
		);
		const two = new Rig(keys, answers, { window: 'two', beside: one });
		const waits = one.ask({ needs, maxWaitMs: 60_000 });
		await one.clock.until(waits.ended);
		assert.deepEqual(tierOf(two, 'a'), ['free', 'a']);
		const sent = two.sends.length;
		await one.clock.advance(120_000);
		await two.answer({ needs });
		assert.deepEqual(
			two.sends.slice(sent).map(({ key }) => key),
			['c'],
		);
		const store = JSON.parse(JSON.stringify(one.store.export())) as StoreData;
		const later = new Rig({ a: keys.a }, answers, { store, start: one.clock.wall() });
		assert.equal((await later.answer({ needs })).error?.reason, 'paidOnly');
		assert.equal(later.order, '');
	});

	it('holds in a window that has not heard of it yet: the store itself refuses', async () => {
		const one = new Rig({ a: paid }, contradicts('a'), { window: 'one' });
		const two = new Rig({ a: paid }, answers, { window: 'two', beside: one, seenThrough: blindToPool });
		await two.answer({ needs });
		assert.equal(two.order, 'a');
		await one.answer({ needs });
		await one.clock.advance(120_000);
		assert.deepEqual(tierOf(two, 'a'), ['paid', undefined], 'it does not know');
		assert.equal((await two.answer({ needs })).error?.reason, 'paidOnly');
		assert.equal(two.order, 'a');
	});

	it('is believed again when the person marks it anew, until the service contradicts it again', async () => {
		const rig = new Rig({ a: paid }, (send) => (send.nth === 3 ? failsAsFree(freeMinute) : contradicts('a')(send)));
		await rig.answer({ needs });
		await rig.pool.execute({ type: 'restoreTier', project: 'p-a' as ProjectId });
		assert.deepEqual(tierOf(rig, 'a'), ['paid', undefined]);
		await rig.clock.advance(60_000);
		assert.equal((await rig.answer({ needs })).text, 'from a');
		await rig.clock.advance(60_000);
		assert.equal((await rig.answer({ needs })).error?.reason, 'paidOnly');
		assert.deepEqual(tierOf(rig, 'a'), ['free', 'a']);
	});

	it('marked by a person, forgets what the tier before taught: no model is closed, no limit and no cooldown is left', async () => {
		for (const learnt of [noModel, freeTier, { type: 'coolDown', reason: 'tpm', limit: 50 } as const]) {
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(learnt) : answers(send)));
			assert.notEqual((await rig.answer({ maxWaitMs: 0 })).error, undefined);
			rig.setKeys({ a: paid });
			assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason !== undefined, true, 'it is not asked by itself');
			await rig.pool.execute({ type: 'restoreTier', project: 'p-a' as ProjectId });
			assert.equal((await rig.answer({ maxWaitMs: 0 })).text, 'from a', learnt.reason);
		}
	});

	it('is nothing new of a project that nobody marked, nor where the service does not tell', async () => {
		const free = new Rig({ a: {} }, contradicts('a'));
		await free.answer();
		assert.equal(free.store.replica().pool.revoked, undefined);
		const silent = new Rig({ a: paid }, () => fails(rpd));
		await silent.answer();
		assert.deepEqual(tierOf(silent, 'a'), ['paid', undefined]);
	});

	it('comes after paid keys are first, as a free one: money counts by what is true', async () => {
		const rig = new Rig({ a: paid, b: paid }, contradicts('a'), { paidKeys: 'first' });
		await rig.answer();
		await rig.clock.advance(120_000);
		for (let n = 0; n < 3; n += 1) await rig.answer();
		assert.equal(rig.order, 'a b b b b');
	});

	it('survives that the keys of others are forgotten, and goes with its own', async () => {
		const rig = new Rig({ a: paid, b: {} }, contradicts('a'));
		await rig.answer({ needs });
		const some = (project: string) => ({ keys: new Set<string>(), projects: new Set([project]) });
		await rig.maintenance.erase(some('p-b'));
		assert.deepEqual(tierOf(rig, 'a'), ['free', 'a']);
		await rig.maintenance.erase(some('p-a'));
		assert.deepEqual(tierOf(rig, 'a'), ['paid', undefined]);
	});
});

describe('the record of revoked marks', () => {
	const [p, q] = ['p' as ProjectId, 'q' as ProjectId];
	const by = 'k' as KeyId;
	const of = (...projects: ProjectId[]): PoolRecord =>
		projects.reduce<PoolRecord>((record, project) => revokeTier(record, project, by, '', 1), { v: 2 });

	it('keeps what was found first, and is bounded', () => {
		const first = revokeTier({ v: 2 }, p, by, 'x'.repeat(9_999), 1);
		assert.equal(first.revoked?.[p]?.serviceMessage?.length, 500);
		assert.equal(revokeTier(first, p, by, '', 2), first);
		let record: PoolRecord = { v: 2 };
		for (let n = 0; n < 1_100; n += 1) record = revokeTier(record, `p${n}` as ProjectId, by, '', n);
		assert.equal(Object.keys(record.revoked ?? {}).length, 1_000);
		assert.ok(record.revoked?.['p1099']);
	});

	it('leaves nothing behind', () => {
		assert.deepEqual(restoreTier(of(p), p), { v: 2 });
		assert.deepEqual(restoreTier(of(p), q), of(p));
		assert.deepEqual(
			withoutRevoked(of(p, q), (id) => id === q),
			of(p),
		);
	});

	it('holds what either side found while they were apart, and not what a person has believed since', () => {
		const merged = (ours: PoolRecord, theirs: PoolRecord, base: PoolRecord): readonly string[] => {
			const write = (doc: PoolRecord): Write => ({ kind: 'pool', doc });
			const { doc } = reconcile(write(ours), write(theirs), write(base), 0) as Extract<Write, { kind: 'pool' }>;
			return Object.keys(doc.revoked ?? {}).sort();
		};
		assert.deepEqual(merged(of(p), of(), of()), ['p']);
		assert.deepEqual(merged(of(), of(p), of()), ['p']);
		assert.deepEqual(merged(of(p), of(q), of()), ['p', 'q']);
		assert.deepEqual(merged(of(), of(p), of(p)), []);
		assert.deepEqual(merged(of(p), of(), of(p)), []);
	});
});
