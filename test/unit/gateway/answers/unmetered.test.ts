import assert from 'node:assert/strict';
import { GatewayRig, question, whole } from '../../../support/gateway/gatewayRig';

describe('the gateway: calls without quota', () => {
	for (const [what, path, body] of [
		['a list of models', '/v1beta/models', undefined],
		['a count of tokens', whole.replace('generateContent', 'countTokens'), question()],
	] as const) {
		it(`ask no other key after a sign of abuse: ${what}`, async () => {
			const leaked = { faults: [{ when: 'always', kind: 'error', body: '403_leaked_key' }] } as const;
			const rig = new GatewayRig({ a: leaked, b: {}, c: {} });
			const answer = await rig.ask(path, body);
			assert.equal(rig.calls.length, 1, 'the pool is paused from then on');
			assert.equal(answer.status, 403, answer.text);
			assert.match(answer.text, /KEYPOOL_PAUSED/);
			assert.ok(rig.pool.snapshot().paused);
		});

		it(`ask no key that was refused before: ${what}`, async () => {
			const refused = { faults: [{ when: 'always', kind: 'error', body: '400_api_key_invalid' }] } as const;
			const rig = new GatewayRig({ a: refused });
			await rig.ask(whole, question());
			const before = rig.calls.length;
			const answer = await rig.ask(path, body);
			assert.deepEqual([answer.status, rig.calls.length], [429, before], answer.text);
		});

		it(`ask no gateway of a team, whose keys may cost, for a tool that may use free keys alone: ${what}`, async () => {
			const rig = new GatewayRig({ a: {} }, { client: { keys: 'free' } });
			const { keys } = rig.pool.snapshot();
			rig.pool.setKeys(
				keys.map(({ key }) => key),
				keys.map(({ project }) => ({ ...project, mayCost: true })),
			);
			const answer = await rig.ask(path, body);
			assert.deepEqual([answer.status, rig.calls], [403, []], answer.text);
			assert.match(answer.text, /KEYPOOL_NO_FREE_KEY/);
		});
	}
});
