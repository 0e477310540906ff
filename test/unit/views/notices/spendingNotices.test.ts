import assert from 'node:assert/strict';
import type { ClientView } from '../../../../src/pool/pool';
import { createSpendingNotices } from '../../../../src/views/notices/spendingNotices';
import { viewOf } from '../../../../src/views/shared/poolView';
import { plainMaxCost, plainPricing } from '../../../support/pool/pricing';
import { answers, hangs, Rig } from '../../../support/pool/rig';

function watched(rig: Rig) {
	const told: string[] = [];
	const notices = createSpendingNotices({
		...{ pool: rig.pool, view: viewOf(rig.pool), clock: { now: rig.clock.wall, after: rig.clock.after } },
		held: (client, { cause }: NonNullable<ClientView['held']>) => told.push(`${client} held: ${cause}`),
		stopped: (client) => told.push(`${client} stopped`),
	});
	return { told, notices };
}

describe('notices about money', () => {
	it('tell once that a client is held', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { told, notices } = watched(rig);
		await rig.clock.advance(1_000);
		for (let n = 0; n < 20; n++) await rig.pool.noteToolCall('gateway:loop', 'digest');
		await rig.clock.advance(1_000);
		for (let n = 0; n < 3; n++) await rig.answer({ origin: 'gateway:other' });
		await rig.clock.advance(1_000);
		assert.deepEqual(told, ['gateway:loop held: repeatedCall']);
		notices.dispose();
	});

	it('tell so also where the clock was set back by hours since the window began', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { told, notices } = watched(rig);
		rig.clock.jump(-3 * 3_600_000);
		for (let n = 0; n < 20; n++) await rig.pool.noteToolCall('gateway:loop', 'digest');
		await rig.clock.advance(1_000);
		assert.deepEqual(told, ['gateway:loop held: repeatedCall']);
		notices.dispose();
	});

	it('tell nothing of what was found before', async () => {
		const rig = new Rig({ a: {} }, answers);
		for (let n = 0; n < 20; n++) await rig.pool.noteToolCall('gateway:loop', 'digest');
		const { told, notices } = watched(rig);
		await rig.clock.advance(1_000);
		assert.deepEqual(told, []);
		notices.dispose();
	});

	it('tell once a day that a budget stopped a program, and never of a person’s questions', async () => {
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { pricing: plainPricing, budgets: { pool: { day: 0 } } });
		const { told, notices } = watched(rig);
		for (let n = 0; n < 3; n++) await rig.answer({ origin: 'gateway:cline' });
		await rig.answer({ origin: 'chat' });
		assert.deepEqual(told, ['gateway:cline stopped']);
		await rig.clock.advance(11 * 3_600_000);
		await rig.answer({ origin: 'gateway:cline' });
		assert.equal(told.length, 1);
		// Midnight in California: the budget has begun anew, and is used up again.
		await rig.clock.advance(2 * 3_600_000);
		await rig.answer({ origin: 'gateway:cline' });
		assert.equal(told.length, 2);
		notices.dispose();
		await rig.answer({ origin: 'gateway:late' });
		assert.equal(told.length, 2);
	});

	it('tell nothing where a program’s own answers hold what its budget lacks for a moment: it is not stopped', async () => {
		const budgets = { pool: { day: (1.5 * plainMaxCost) / 1e6 } };
		const rig = new Rig({ a: { tier: 'paid' } }, hangs, { pricing: plainPricing, budgets });
		const { told, notices } = watched(rig);
		const first = rig.ask({ origin: 'gateway:cline' });
		await rig.clock.advance(10);
		const second = await rig.answer({ origin: 'gateway:cline', maxWaitMs: 0 });
		assert.deepEqual([second.error?.reason, told], ['budget', []]);
		notices.dispose();
		rig.pool.dispose();
		await rig.clock.until(first.ended);
	});
});
