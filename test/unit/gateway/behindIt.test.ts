import assert from 'node:assert/strict';
import { GatewayRig, question, whole } from '../../support/gateway/gatewayRig';

describe('the gateway in front of a team’s gateway', () => {
	it('tells to come again where that one cannot reach the service, and not where it refuses', async () => {
		for (const [reason, ...told] of [
			['UNREACHABLE', 502, 'true', '10'],
			['PROXY', 502, 'true', '10'],
			['PAUSED', 403, 'false', null],
		] as const) {
			const details = [{ reason: `KEYPOOL_${reason}`, domain: 'keypool' }];
			const error = JSON.stringify({ error: { code: told[0], message: 'Not now.', details } });
			const rig = new GatewayRig({ a: {} }, { answer: () => new Response(error, { status: told[0] }) });
			const { status, headers, text } = await rig.ask(whole, question());
			assert.deepEqual([status, headers.get('x-should-retry'), headers.get('retry-after')], told, reason);
			assert.ok(text.includes('Not now.') && rig.calls.length <= 1, text);
		}
	});

	it('says after its last try when the overloaded model may be asked again, as that one has said', async () => {
		const details = [
			{ reason: 'KEYPOOL_OVERLOADED', domain: 'keypool' },
			{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' },
		];
		const error = JSON.stringify({ error: { code: 503, message: 'Not now.', details } });
		const rig = new GatewayRig({ a: {} }, { answer: () => new Response(error, { status: 503 }) });
		const { status, headers } = await rig.ask(whole, question());
		assert.deepEqual([status, headers.get('retry-after'), rig.calls.length], [503, '12', 2]);
	});
});
