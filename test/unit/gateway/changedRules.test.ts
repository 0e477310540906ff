import assert from 'node:assert/strict';
import { completions, chat, GatewayRig, type GatewayKey } from '../../support/gateway/gatewayRig';

/** A key whose minute is used up once. */
const busy = (body: '429_rpm_free' | '429_tpm_free' | '429_paid_tpm'): GatewayKey => ({
	faults: [{ when: { first: 1 }, kind: 'error', body }],
});

describe('the gateway: a request that waits', () => {
	it('goes to no free key once another window demands paid ones', async () => {
		const rules = { paidOnly: false };
		const rig = new GatewayRig({ a: busy('429_rpm_free') }, { rules });
		const answer = rig.read(rig.send(completions, chat()));
		await rig.clock.advance(1_000);
		assert.equal(rig.calls.length, 1);
		rules.paidOnly = true;
		const { status, text } = await rig.clock.until(answer);
		assert.equal(status, 403, text);
		assert.match(text, /"code":"paid_only"/);
		assert.equal(rig.calls.length, 1, 'nothing more was sent');
	});

	it('goes to the keys that the rules of its client allow by then', async () => {
		// In each case the other key is back first.
		for (const [keys, body, asked] of [
			['paid', '429_rpm_free', 'b'],
			['free', '429_tpm_free', 'a'],
		] as const) {
			const rig = new GatewayRig({ a: busy(body), b: { ...busy('429_paid_tpm'), tier: 'paid' } });
			const answer = rig.read(rig.send(completions, chat()));
			await rig.clock.advance(1_000);
			assert.deepEqual(rig.calls, ['a openai/chat/completions', 'b openai/chat/completions']);
			await rig.tokens.setRules(rig.tokens.list()[0]?.id ?? '', { keys });
			const { status, text } = await rig.clock.until(answer);
			assert.equal(status, 200, text);
			assert.deepEqual(rig.calls.slice(2), [`${asked} openai/chat/completions`], `${keys} keys`);
		}
	});
});
