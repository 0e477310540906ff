import assert from 'node:assert/strict';
import type { KeyId, StateStore, ProjectId, FailureAction } from '../../../../src/pool/pool';
import { answers, badKey, breaks, fails, internal, network, overloaded, Rig, rpm } from '../../../support/pool/rig';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

const blocked: FailureAction = { type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] };
const tpm = (limit?: number): FailureAction => ({
	...{ type: 'coolDown', reason: 'tpm', delayMs: 5_000 },
	...(limit === undefined ? {} : { limit }),
});

describe('what a request that nobody can answer says', () => {
	it('tells when the first key is back only where one will be, and a limit only where there is one', async () => {
		const never = new Rig({ a: {} }, () => fails(badKey, 'no such key'));
		assert.deepEqual((await never.answer()).error?.facts, { serviceMessage: 'no such key', model: 'm', key: 'a' });
		const later = new Rig({ a: {} }, () => fails(rpm(90_000), 'slow down'));
		const { error } = await later.answer({ maxWaitMs: 0 });
		assert.equal(error?.reason, 'waitedTooLong');
		assert.deepEqual(error.facts, {
			serviceMessage: 'slow down',
			model: 'm',
			key: 'a',
			retryAt: later.clock.wall() + 90_000,
		});
	});

	it('is the key’s trouble where a stream breaks by it that may not be taken back, and no pause', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => breaks('half', blocked));
		const { error } = await rig.answer({ recovery: 'fail' });
		assert.equal(error?.reason, 'blocked');
		assert.deepEqual(error.facts, { key: 'a', model: 'm' });
	});

	it('is the pause, though it had met other trouble before', async () => {
		const rig = new Rig({ a: {} }, () => fails(network));
		const asked = rig.ask();
		await rig.clock.advance(500);
		await rig.store.transact((tx, now) =>
			tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: 'a' as KeyId, since: now } } }),
		);
		await rig.clock.until(asked.ended);
		assert.equal(asked.error?.reason, 'paused');
		assert.equal(rig.sends.length, 1);
	});

	it('is the service’s trouble where that was last, though the other keys are bad', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => fails(send.key === 'a' ? badKey : internal));
		const { error } = await rig.answer();
		assert.equal(rig.order, 'a b b b');
		assert.equal(error?.reason, 'internal');
	});

	it('is that no key is fit, where keys are there and none is of the project that it needs', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { error } = await rig.answer({ needs: { project: 'elsewhere' as ProjectId } });
		assert.deepEqual([error?.reason, rig.sends.length], ['noUsableKey', 0]);
	});

	it('is its size only where it is larger than the limit, and the limit was told', async () => {
		for (const [limit, order] of [
			[99, 'a'],
			[100, 'a b'],
			[undefined, 'a b'],
		] as const) {
			const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(tpm(limit)) : answers(send)));
			const { error } = await rig.answer();
			assert.equal(rig.order, order, `${limit}`);
			assert.equal(error?.reason, limit === 99 ? 'tooLargeForTier' : undefined);
		}
	});

	it('is the overload where that would last too long: no key is waited for', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(overloaded));
		await rig.answer();
		const { error } = await rig.answer({ maxWaitMs: 5_000 });
		const retryAt = rig.clock.wall() + 16_000;
		assert.deepEqual([error?.reason, error?.facts], ['overloaded', { model: 'm', retryAt }]);
	});

	it('is something unexpected where the store breaks in a way of its own', async () => {
		const broken = (store: InMemoryStore): StateStore => ({
			replica: () => store.replica(),
			now: () => store.now(),
			onDidChange: (listener) => store.onDidChange(listener),
			close: () => store.close(),
			transact: () => Promise.reject(new Error('?')),
		});
		const rig = new Rig({ a: {} }, answers, { seenThrough: broken });
		const { error } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts], ['unexpected', {}]);
	});

	it('is another model’s answer at once where the wanted one has backed off five times in a row', async () => {
		for (const [backOffs, model] of [
			[4, 'm'],
			[5, 'lite'],
		] as const) {
			const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(overloaded) : answers(send)), {
				baseDelayMs: 10,
			});
			const stop = new AbortController();
			const first = rig.ask({}, stop.signal);
			while (rig.sends.length < backOffs) await rig.clock.advance(10);
			stop.abort();
			await rig.clock.until(first.ended);
			rig.setScript(answers);
			const second = await rig.answer({ models: ['m', 'lite'] });
			assert.equal(second.done?.on.model, model, `${backOffs}`);
		}
	});
});
