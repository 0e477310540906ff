import assert from 'node:assert/strict';
import type { FailureAction, KeyId } from '../../../../../src/pool/pool';
import { answers, fails, overloaded, Rig, rpd, rpm, type Script } from '../../../../support/pool/rig';

const models = ['m', 'lite'] as const;
const wrong: FailureAction = { type: 'fail', reason: 'badRequest' };

/** Model `m` rests after its first send, and the other models refuse the request. */
const refusedElsewhere =
	(action: FailureAction, rests = rpm(40_000)): Script =>
	(send) => {
		if (send.model !== 'm') return fails(action, `not for ${send.model}`);
		return send.nth === 1 ? fails(rests) : answers(send);
	};

const sent = (rig: Rig): string => rig.sends.map(({ model, at }) => `${model} ${at}`).join(', ');

describe('a fallback model that refuses the request', () => {
	it('is left, and the wanted model waited for, because what models take differs', async () => {
		for (const reason of ['badRequest', 'promptTooLong', 'noSuchModel', 'thoughtSignature'] as const) {
			const type = reason === 'thoughtSignature' ? 'replaceSignatures' : 'fail';
			const rig = new Rig({ a: {} }, refusedElsewhere({ type, reason } as FailureAction));
			const asked = await rig.answer({ models });
			assert.equal(asked.done?.on.model, 'm', reason);
			assert.equal(sent(rig), 'm 0, lite 0, m 40000', reason);
		}
	});

	it('is left for the next one', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.model === 'flash' ? answers(send) : refusedElsewhere(wrong)(send, rig.clock),
		);
		const asked = await rig.answer({ models: [...models, 'flash'] });
		assert.equal(asked.done?.on.model, 'flash');
		assert.equal(sent(rig), 'm 0, lite 0, flash 0');
	});

	it('is what is told at once where the wanted model is not back in time, or has been left', async () => {
		for (const rests of [rpd, overloaded]) {
			const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(rests) : fails(wrong, 'not for lite')));
			const { error } = await rig.answer({ models, maxWaitMs: 120_000 });
			assert.equal(error?.reason, 'badRequest');
			assert.deepEqual(error.facts, { serviceMessage: 'not for lite', key: 'a', model: 'lite' });
			assert.ok(rig.elapsed < 20_000);
		}
	});

	it('does not hide that the pool was paused during the wait', async () => {
		const rig = new Rig({ a: {} }, refusedElsewhere(wrong));
		const asked = rig.ask({ models });
		await rig.clock.advance(500);
		await rig.store.transact((tx, now) =>
			tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: 'a' as KeyId, since: now } } }),
		);
		await rig.clock.until(asked.ended);
		assert.equal(asked.error?.reason, 'paused');
	});

	it('stays what is told where no send is left', async () => {
		const rig = new Rig({ a: {} }, (send) => {
			if (send.model !== 'm') return fails(wrong);
			return fails(send.nth < 4 ? overloaded : rpm(40_000));
		});
		const { error } = await rig.answer({ models, maxWaitMs: 120_000 });
		assert.equal(error?.reason, 'badRequest');
	});

	it('is no reason to ask another model where the wanted one refuses it', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(wrong));
		assert.equal((await rig.answer({ models })).error?.reason, 'badRequest');
		assert.equal(sent(rig), 'm 0');
	});
});
