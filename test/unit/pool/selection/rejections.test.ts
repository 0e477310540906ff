import assert from 'node:assert/strict';
import { Failure, type BucketId, type KeyId } from '../../../../src/pool/pool';
import { settle } from '../../../../src/pool/quota/lease';
import { Chooser } from '../../../support/pool/chooser';
import { plainCost, plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, badKey, fails, hangs, Rig, rpm } from '../../../support/pool/rig';
import { words } from '../../../support/views/snapshots';

describe('why no key can serve, and until when', () => {
	it('may end earlier where tokens lack and a call in flight may turn out smaller', async () => {
		const chooser = new Chooser({ a: { limits: { m: { tpm: 1_000 } } } });
		const { lease } = await chooser.granted({ tokens: 900 });
		const during = await chooser.rejected({ tokens: 200 });
		assert.deepEqual([during.reason, during.mayRetryEarlier], ['tpm', true]);
		await chooser.write((tx, now) => {
			const id = 'p-a/m' as BucketId;
			tx.put({ kind: 'bucket', id, doc: settle(tx.bucket(id), lease, { type: 'answered', input: 900 }, now) });
		});
		const after = await chooser.rejected({ tokens: 200 });
		assert.deepEqual([after.reason, after.mayRetryEarlier], ['tpm', undefined]);
	});

	it('does not end earlier with a call in flight where a day of tokens is used up', async () => {
		const chooser = new Chooser({ a: { limits: { m: { tpd: 1_000, tpm: 150 } } } });
		await chooser.granted({ tokens: 100 });
		await chooser.inBucket('a', (now) => ({ day: { endsAt: now + 9_999, requests: 1, input: 950, sent: 1 } }));
		const { reason, mayRetryEarlier } = await chooser.rejected({ tokens: 100 });
		assert.deepEqual([reason, mayRetryEarlier], ['tpd', undefined]);
	});

	it('is a cooldown, after which a request that is too large may test the limit', async () => {
		const chooser = new Chooser({ a: {} });
		for (const [dueInMs, reason] of [
			[0, 'rpm'],
			[600_000, 'tooLargeForTier'],
		] as const) {
			await chooser.learn('a', 'tpm', 50, dueInMs);
			await chooser.coolDown('a', 5_000);
			assert.equal(await chooser.choice({ tokens: 70 }), reason);
		}
	});

	it('is a paid key that was refused in this round, for a request that is too large for free ones', async () => {
		const chooser = new Chooser({ a: {}, b: { tier: 'paid' } });
		await chooser.coolDown('a', 5_000);
		await chooser.coolDown('b', 9_000);
		const excludedBuckets = new Set(['p-a/m', 'p-b/m'] as BucketId[]);
		assert.equal((await chooser.rejected({ paidForSize: true, excludedBuckets })).on?.id, 'b');
		assert.equal((await chooser.rejected({ excludedBuckets })).on?.id, 'a');
	});

	it('is a budget that answers under way hold, where another key’s or the wanted model’s is spent: it may be free in a moment', async () => {
		const paid = (most: number) => ({ tier: 'paid', budget: { day: most / 1e6 } }) as const;
		const spent = plainMaxCost + plainCost - 1;
		const ofKeys = new Rig({ a: paid(1.5 * plainMaxCost), b: paid(spent) }, answers, { pricing: plainPricing });
		const ofModels = new Rig({ a: paid(2 * plainMaxCost + plainCost - 1) }, answers, { pricing: plainPricing });
		ofKeys.setScript((send) => (send.key === 'a' ? hangs(send) : answers(send)));
		const held = [ofKeys.ask()];
		await ofKeys.clock.advance(10);
		assert.equal((await ofKeys.answer()).text, 'from b');
		await ofModels.answer();
		ofModels.setScript(hangs);
		held.push(ofModels.ask());
		await ofModels.clock.advance(10);
		for (const rig of [ofKeys, ofModels]) {
			const { error } = await rig.answer({ models: rig === ofKeys ? ['m'] : ['dear', 'm'], maxWaitMs: 0 });
			assert.deepEqual([error?.reason, error?.facts.shortage?.isHeld], ['budget', true]);
			assert.equal(error?.facts.shortage?.scope, 'project/p-a');
			rig.pool.dispose();
			await rig.clock.settle();
		}
		await Promise.all(held.map(({ ended }) => ended));
	});

	it('is what money forbids where that lasts longer than a cooldown: nobody waits for a key that may not answer then either', async () => {
		const midnight = Date.UTC(2026, 10, 25, 8);
		const money = { pricing: plainPricing, budgets: { pool: { day: plainMaxCost / 1e6 } } };
		const rig = new Rig({ a: { tier: 'paid' } }, answers, money);
		await rig.answer();
		rig.setScript(() => fails(rpm(30_000, 5)));
		await rig.answer({ size: { bytes: 400, tokens: 0, maxOutput: 10 }, maxWaitMs: 0 });
		assert.equal(rig.sends.length, 2);
		const { error, parts } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts.retryAt, parts], ['budget', midnight, []]);
		assert.equal(error?.facts.shortage?.used, plainCost);
		const small = await rig.answer({ size: { bytes: 400, tokens: 0, maxOutput: 10 }, maxWaitMs: 0 });
		assert.equal(small.error?.reason, 'waitedTooLong', 'what it allows waits for the key');
	});

	it('is a budget that can never allow the request, where a daily cap alone would end at midnight', async () => {
		const plan = { tier: 'paid', dailyCap: { requests: 1 }, budget: { day: (plainMaxCost - 1) / 1e6 } } as const;
		const rig = new Rig({ a: plan }, answers, { pricing: plainPricing });
		const small = { size: { bytes: 400, tokens: 0, maxOutput: 10 } };
		assert.equal((await rig.answer(small)).text, 'from a');
		const { error } = await rig.answer();
		assert.deepEqual([error?.reason, error?.facts.retryAt], ['budget', undefined]);
		assert.equal((await rig.answer(small)).error?.reason, 'cap');
	});

	it('is that a request is larger than the tokens of a whole day: it does not work again by itself', async () => {
		const rig = new Rig({ a: { limits: { m: { tpd: 300 } } }, b: {} }, answers);
		await rig.pool.recordCheck('b' as KeyId, new Failure(badKey, true, ''));
		const large = { size: { bytes: 0, tokens: 350 } };
		const { error } = await rig.answer(large);
		assert.deepEqual([error?.reason, error?.facts.retryAt, rig.sends.length], ['tpd', undefined, 0]);
		assert.ok(error);
		const told = words.describeError(error);
		assert.equal(told.text, 'The request is larger than the 300 input tokens that are allowed per day.');
		assert.doesNotMatch(told.remedy ?? '', /by itself/);
		assert.equal((await rig.answer({ ...large, models: ['m', 'lite'] })).done?.on.model, 'lite');
		assert.equal((await rig.answer()).text, 'from a', 'a smaller one fits');
	});

	it('is no paid key for a request that may have free ones alone', async () => {
		const chooser = new Chooser({ a: { tier: 'paid' }, b: {} });
		await chooser.coolDown('a', 5_000);
		await chooser.coolDown('b', 9_000);
		assert.equal((await chooser.rejected({ needs: { free: true } })).on?.id, 'b');
		assert.equal((await chooser.rejected()).on?.id, 'a');
	});
});
