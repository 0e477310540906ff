import assert from 'node:assert/strict';
import { pageFetch } from '../../../src/web/pageFetch';
import { roomOver, run } from '../../support/gemini/room';

describe('the headers of a browser’s request', () => {
	it('are those four that the service allows to pages, whatever the SDK adds', async () => {
		const sent = new Map<string, number>();
		const gemini = roomOver(
			pageFetch((_, init = {}) => {
				for (const name of new Headers(init.headers).keys()) sent.set(name, (sent.get(name) ?? 0) + 1);
				return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
			}),
		);
		const { signal } = new AbortController();
		await run(gemini);
		await gemini.models('sim-good', signal).catch(() => undefined);
		await gemini.check('sim-good', signal).catch(() => undefined);
		assert.deepEqual([...sent.keys()].sort(), ['content-type', 'x-goog-api-client', 'x-goog-api-key']);
		assert.ok((sent.get('x-goog-api-key') ?? 0) >= 3);
	});

	it('leave the body, the method and the signal as they are', async () => {
		const calls: RequestInit[] = [];
		const { signal } = new AbortController();
		await pageFetch((_, init = {}) => {
			calls.push(init);
			return Promise.resolve(new Response());
		})('https://service.invalid', { method: 'POST', body: 'x', signal, headers: { 'X-Other': '1' } });
		const [call] = calls;
		assert.deepEqual([call?.method, call?.body, call?.signal === signal], ['POST', 'x', true]);
		assert.deepEqual([...new Headers(call?.headers).keys()], []);
	});
});
