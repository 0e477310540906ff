import assert from 'node:assert/strict';
import { operatorResponse, type OperatorParts } from '../../../src/headless/operatorRoutes';

const counted = 'gemini_available_keys 2\n';

/** What is answered to a request of another computer, or of this one: the status, and whether what was counted was told. */
async function answer(path: string, headers: Record<string, string>, more: Partial<OperatorParts>) {
	const response = await operatorResponse(
		{ url: `http://keypool.example.com${path}`, method: 'GET', headers: new Headers(headers) } as Request,
		8642,
		{
			...{ notReady: () => undefined, isForTeam: true, metricsToken: undefined },
			metrics: { contentType: 'text/plain', text: () => Promise.resolve(counted) },
			isSame: (a, b) => a === b,
			isTrusted: () => false,
			...more,
		},
	);
	return response && [response.status, (await response.text()) === counted];
}

describe('what a gateway counts', () => {
	const right = { authorization: 'Bearer sesame' };
	const page = { origin: 'https://evil.example' };

	it('is told other computers for a token alone: never without one that is set, and to no web page', async () => {
		assert.deepEqual(await answer('/metrics', {}, {}), [403, false]);
		assert.deepEqual(await answer('/metrics', { authorization: 'Bearer ' }, {}), [403, false]);
		const metricsToken = 'sesame';
		assert.deepEqual(await answer('/metrics', right, { metricsToken }), [200, true]);
		assert.deepEqual(await answer('/metrics', {}, { metricsToken }), [401, false]);
		assert.deepEqual(await answer('/metrics', { authorization: 'Bearer other' }, { metricsToken }), [401, false]);
		assert.deepEqual(await answer('/metrics', { ...right, ...page }, { metricsToken }), [403, false]);
		assert.deepEqual(await answer('/healthz', {}, {}), [200, false], 'a balancer asks for that');
	});

	it('is told on this computer where none is set, and under no other name', async () => {
		const own = { isForTeam: false };
		assert.deepEqual(await answer('/metrics', {}, own), [403, false]);
		assert.deepEqual(await answer('/metrics', {}, { ...own, isTrusted: () => true }), [200, true]);
		const metricsToken = 'sesame';
		assert.deepEqual(await answer('/metrics', {}, { ...own, metricsToken, isTrusted: () => true }), [401, false]);
	});
});
