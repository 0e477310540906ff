import assert from 'node:assert/strict';
import { startMaintenance } from '../../../../src/pool/maintenance/startMaintenance';
import { VirtualClock } from '../../../support/virtualClock';

describe('maintenance', () => {
	it('tidies after a minute, then every quarter of an hour, tells of trouble, and ends', async () => {
		const clock = new VirtualClock();
		const began = clock.monotonic();
		const tidied: number[] = [];
		const troubles: unknown[] = [];
		const pool = {
			applyRetention: () => {
				tidied.push(clock.monotonic() - began);
				return tidied.length === 2 ? Promise.reject(new Error('busy')) : Promise.resolve();
			},
			recordCooldowns: () => Promise.resolve(),
			onEvent: () => () => (left = true),
		};
		let left = false;
		const stop = startMaintenance(pool, clock, (error) => troubles.push(error));
		await clock.advance(59_999);
		assert.deepEqual(tidied, []);
		await clock.advance(1);
		await clock.advance(30 * 60_000);
		assert.deepEqual(tidied, [60_000, 960_000, 1_860_000]);
		assert.deepEqual(troubles.map(String), ['Error: busy']);
		stop();
		assert.deepEqual([clock.pending, left], [0, true]);
	});
});
