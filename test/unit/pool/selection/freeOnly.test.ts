import assert from 'node:assert/strict';
import { answers, fails, Rig, rpd, rpm } from '../../../support/pool/rig';

const needs = { free: true };
const narrow = { rich: { tier: 'paid', limits: { m: { rpm: 1 } } }, free: {} } as const;

describe('free keys only', () => {
	it('never sends to a key of a paid project, whatever the setting prefers', async () => {
		const rig = new Rig({ rich: { tier: 'paid' }, free: {} }, answers, { paidKeys: 'first' });
		await rig.answer({ needs });
		await rig.answer({ needs });
		assert.equal(rig.order, 'free free');
	});

	it('waits for a free key while a paid one could answer', async () => {
		const rig = new Rig({ rich: { tier: 'paid' }, free: {} }, (send) =>
			send.nth === 1 ? fails(rpm(20_000)) : answers(send),
		);
		const asked = await rig.answer({ needs });
		assert.equal(asked.text, 'from free');
		assert.equal(rig.order, 'free free');
	});

	it('ends without a send where no enabled key is a free one', async () => {
		const rig = new Rig({ rich: { tier: 'paid' }, off: { enabled: false } }, answers);
		assert.equal((await rig.answer({ needs })).error?.reason, 'noUsableKey');
		assert.equal(rig.order, '');
	});

	it('keeps no place on a paid project from the requests of other windows', async () => {
		const rig = new Rig(narrow, (send) => (send.key === 'free' ? fails(rpd) : answers(send)), {
			window: 'one',
		});
		const other = new Rig(narrow, answers, { beside: rig, window: 'two' });
		const waits = rig.ask({ needs, maxWaitMs: 86_400_000 });
		await rig.clock.advance(2_000);
		assert.equal(waits.types, 'waiting');
		const served = other.ask({ needs: { paid: true } });
		await rig.clock.settle();
		await served.ended;
		assert.equal(served.text, 'from rich');
	});

	it('keeps its place on a free project, where it was first', async () => {
		const keys = { free: { limits: { m: { rpm: 1 } } } };
		const rig = new Rig(keys, answers, { window: 'one' });
		const other = new Rig(keys, answers, { beside: rig, window: 'two' });
		await rig.answer();
		const waits = rig.ask({ needs });
		await rig.clock.advance(2_000);
		const later = other.ask();
		await rig.clock.until(waits.ended);
		assert.deepEqual([waits.text, later.text], ['from free', '']);
		await rig.clock.until(later.ended);
	});
});
