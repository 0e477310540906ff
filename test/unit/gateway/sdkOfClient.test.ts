import assert from 'node:assert/strict';
import { chat, completions, GatewayRig, question, stream, whole } from '../../support/gateway/gatewayRig';

describe('what the gateway tells the service of a client', () => {
	it('is the name of Google’s own SDK alone, from which Gemini 4 takes longer answers that are not streamed', async () => {
		const rig = new GatewayRig({ a: {} });
		const sentOf = async (path: string, body: object, said: string): Promise<string | null | undefined> => {
			const headers = { 'x-goog-api-client': said, 'user-agent': said, 'x-mine': 'secret' };
			assert.equal((await rig.ask(path, body, { headers })).status, 200);
			const sent = rig.sentHeaders.at(-1);
			assert.deepEqual([sent?.get('user-agent'), sent?.get('x-mine')], [null, null]);
			return sent?.get('x-goog-api-client');
		};
		for (const path of [whole, stream]) {
			assert.equal(
				await sentOf(path, question(), 'google-genai-sdk/3.3.0 gl-node/v24.21.0 mcp_used/1'),
				'google-genai-sdk/3.3.0',
			);
			assert.equal(await sentOf(path, question(), 'google-genai-sdk/2.30.1'), 'google-genai-sdk/2.30.1');
			for (const other of [
				'',
				'genai-js/0.24.1',
				'mine google-genai-sdk/3.3.0',
				'google-genai-sdk/',
				`google-genai-sdk/${'1'.repeat(99)}`,
			]) {
				assert.equal(await sentOf(path, question(), other), null, other);
			}
		}
		assert.equal(await sentOf(completions, chat('Hi [short]'), 'google-genai-sdk/3.3.0'), null);
	});
});
