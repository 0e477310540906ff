import assert from 'node:assert/strict';
import { GatewayRig, question, retryDelayMs, stream } from '../../support/gateway/gatewayRig';

describe('a gateway whose clock is not that of its store', () => {
	it('tells how long to wait by the clock of the store: its own may be two minutes ahead of a team’s server, or behind', async () => {
		const waits = async (keys: ConstructorParameters<typeof GatewayRig>[0], requestsPerDay: number) => {
			const seconds: number[] = [];
			for (const storeAheadMs of [0, -120_000, 120_000]) {
				const rig = new GatewayRig(keys, { client: { requestsPerDay }, rules: { maxWaitMs: 0 }, storeAheadMs });
				await rig.ask(stream, question());
				const { status, text } = await rig.ask(stream, question());
				assert.equal(status, 429);
				seconds.push(Math.ceil(retryDelayMs(text) / 1_000));
			}
			return seconds;
		};
		const [minute = 0, ...others] = await waits(
			{ a: { faults: [{ when: 'always', kind: 'error', body: '429_rpm_free' }] } },
			9,
		);
		assert.ok(minute > 0 && minute <= 61, String(minute));
		assert.deepEqual(others, [minute, minute], 'else a client comes at once, again and again');
		const [day = 0, ...ofDay] = await waits({ a: {} }, 1);
		assert.deepEqual(ofDay, [day + 120, day - 120]);
	});
});
