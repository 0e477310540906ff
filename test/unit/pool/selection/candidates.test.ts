import assert from 'node:assert/strict';
import { initialModelRecord } from '../../../../src/pool/health/initialRecords';
import { denyModel } from '../../../../src/pool/health/keyRecord';
import { initialSpending } from '../../../../src/pool/budget/spending';
import type { KeyId, ModelRecord } from '../../../../src/pool/pool';
import { Chooser } from '../../../support/pool/chooser';

const key = 'a' as KeyId;

/** Until when a key is blocked, and why, as ranking sees it. */
function blocked(chooser: Chooser, model = 'm'): readonly unknown[] {
	const [candidate] = chooser.candidates.of(model, chooser.clock.wall());
	assert.ok(candidate);
	const { reason, blockedUntil, mayRetryEarlier } = candidate.status;
	return blockedUntil === 0 ? ['free'] : [reason, blockedUntil, mayRetryEarlier];
}

describe('what ranking knows of a key', () => {
	const use = (chooser: Chooser, requests: number): Promise<number> =>
		chooser.store.transact((tx, now) => {
			const fresh = initialSpending(now);
			tx.put({ kind: 'spending', id: 'project/p-a', doc: { ...fresh, day: { ...fresh.day, requests } } });
			return fresh.day.endsAt;
		});

	it('is when the daily cap of its project is used up, until midnight', async () => {
		const chooser = new Chooser({ a: { dailyCap: { requests: 2 } } });
		assert.deepEqual(blocked(chooser), ['free']);
		await use(chooser, 1);
		assert.deepEqual(blocked(chooser), ['free']);
		const midnight = await use(chooser, 2);
		assert.deepEqual(blocked(chooser), ['cap', midnight, false]);
		chooser.clock.jump(midnight - chooser.clock.wall());
		assert.deepEqual(blocked(chooser), ['free']);
	});

	it('is of no cap what another project has used, and nothing where there is none', async () => {
		const chooser = new Chooser({ a: {} });
		await use(chooser, 1_000);
		assert.deepEqual(blocked(chooser), ['free']);
	});

	it('is how much is left beside a cap that is not used up', async () => {
		const chooser = new Chooser({ a: { dailyCap: { requests: 9 }, limits: { m: { rpm: 10 } } } });
		await chooser.granted();
		const [candidate] = chooser.candidates.of('m', chooser.clock.wall());
		assert.deepEqual([candidate?.status.headroom, candidate?.status.inFlight], [9, 1]);
	});

	it('is until when the service denies it the model', async () => {
		const chooser = new Chooser({ a: {} });
		assert.deepEqual(blocked(chooser), ['free']);
		const until = chooser.clock.wall() + 1_000;
		await chooser.write((tx, now) => tx.put({ kind: 'key', id: key, doc: denyModel(tx.key(key), 'm', until, now) }));
		assert.deepEqual(blocked(chooser), ['modelDenied', until, false]);
		assert.deepEqual(blocked(chooser, 'other'), ['free']);
		chooser.clock.jump(1_000);
		assert.deepEqual(blocked(chooser), ['free']);
	});

	it('is the longer of a cooldown and a denial', async () => {
		for (const [coolsMs, reason] of [
			[1_000, 'modelDenied'],
			[3_000, 'rpm'],
		] as const) {
			const chooser = new Chooser({ a: {} });
			await chooser.coolDown('a', coolsMs);
			await chooser.write((tx, now) =>
				tx.put({ kind: 'key', id: key, doc: denyModel(tx.key(key), 'm', now + 2_000, now) }),
			);
			assert.deepEqual(blocked(chooser), [reason, chooser.clock.wall() + Math.max(coolsMs, 2_000), false]);
		}
	});
});

describe('the bucket of a name that stands for a model', () => {
	const bucketOf = (chooser: Chooser): string | undefined =>
		chooser.candidates.of('latest', chooser.clock.wall())[0]?.bucketId;
	const resolvesTo = (chooser: Chooser, model: string | undefined): Promise<void> =>
		chooser.write((tx) => {
			if (model === undefined) return tx.drop({ kind: 'model', id: 'latest' });
			const doc: ModelRecord = { ...initialModelRecord, resolvesTo: { model, from: 'answer' } };
			tx.put({ kind: 'model', id: 'latest', doc });
		});

	it('is that of the model as soon as that is known, its own once it is forgotten, and follows it from then on', async () => {
		const chooser = new Chooser({ a: {} });
		for (const model of [undefined, 'flash', undefined, 'flash', 'pro', 'latest']) {
			await resolvesTo(chooser, model);
			assert.equal(bucketOf(chooser), `p-a/${model ?? 'latest'}`);
		}
	});

	it('is its own once it is forgotten, also where an earlier session had learnt it', async () => {
		const before = new Chooser({ a: {} });
		await resolvesTo(before, 'flash');
		const chooser = new Chooser({ a: {} }, { kept: before.store.export() });
		assert.equal(bucketOf(chooser), 'p-a/flash');
		await resolvesTo(chooser, undefined);
		assert.equal(bucketOf(chooser), 'p-a/latest');
	});
});
