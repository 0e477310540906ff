import assert from 'node:assert/strict';
import { postJson } from '../../../src/monitoring/alerts/post';
import { alertFetch } from '../../../src/web/alertFetch';

describe('the alerts of a browser', () => {
	/** What a page sends, as the receiver gets it. */
	async function sent(url: string): Promise<{ readonly headers: readonly string[]; readonly text: string }> {
		const requests: Request[] = [];
		const fetch = alertFetch((input, init) => {
			requests.push(new Request(input, init));
			return Promise.resolve(new Response('ok'));
		});
		await postJson(fetch, url, '{"text":"a & b"}', {}, new AbortController().signal);
		const [request] = requests;
		assert.ok(request);
		const headers = [...request.headers].map(([name, value]) => `${name}: ${value}`);
		return { headers, text: await request.text() };
	}

	it('reach Slack as a form, which needs no question beforehand: it refuses JSON from pages', async () => {
		for (const host of ['hooks.slack.com', 'hooks.slack-gov.com']) {
			const { headers, text } = await sent(`https://${host}/services/T/B/x`);
			assert.deepEqual(headers, ['content-type: application/x-www-form-urlencoded;charset=UTF-8']);
			assert.equal(new URLSearchParams(text).get('payload'), '{"text":"a & b"}');
		}
	});

	it('reach everybody else as JSON, and with no header that only some browsers send', async () => {
		for (const url of ['https://discord.com/api/webhooks/1/x', 'https://hooks.slack.com.example/x']) {
			assert.deepEqual(await sent(url), { headers: ['content-type: application/json'], text: '{"text":"a & b"}' });
		}
	});
});
