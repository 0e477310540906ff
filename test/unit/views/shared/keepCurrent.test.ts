import assert from 'node:assert/strict';
import { keepCurrent } from '../../../../src/views/shared/keepCurrent';
import { VirtualClock } from '../../../support/virtualClock';

/** How often a view is brought up to date in ten seconds in which the pool changes all the time; an update takes `costMs`. */
async function updatesOf(costMs: number): Promise<number> {
	const clock = new VirtualClock();
	const listeners: (() => void)[] = [];
	let updates = 0;
	const current = keepCurrent(
		{
			onDidChange: (listener) => {
				listeners.push(listener);
				return () => undefined;
			},
		},
		clock,
		() => {
			updates++;
			clock.jump(costMs);
			return undefined;
		},
	);
	for (let n = 0; n < 1_000; n++) {
		for (const listener of listeners) listener();
		await clock.advance(10);
	}
	current.dispose();
	assert.equal(clock.pending, 0);
	return updates;
}

describe('what a view shows', () => {
	it('is brought up to date twenty times a second, however often the pool changes', async () => {
		const updates = await updatesOf(0);
		assert.ok(updates > 150 && updates <= 201, String(updates));
	});

	it('is so less often where that takes long, and never takes more than a tenth of the time', async () => {
		const updates = await updatesOf(30);
		assert.ok(updates >= 30 && updates <= 35, String(updates));
	});

	it('is never older than five seconds, however long that takes, or whatever becomes of the clock', async () => {
		assert.ok((await updatesOf(3_600_000)) >= 2);
		assert.ok((await updatesOf(-3_600_000)) > 150);
	});
});
