import assert from 'node:assert/strict';
import type { GatewayStatus } from '../../../src/gateway/gateway';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';

describe('the gateway without VS Code, with a record of quotas on disk', () => {
	it('counts a client’s requests of the day over a restart, and beside another process', async () => {
		const headless = await HeadlessProgram.create();
		try {
			const token = await headless.say('token', 'add', 'curl', '--requests-per-day', '3');
			const ask = async (url: string): Promise<number> => {
				const answer = await fetch(`${url}/v1/chat/completions`, {
					method: 'POST',
					headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
					body: JSON.stringify({ model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'Hi [short]' }] }),
				});
				await answer.text();
				return answer.status;
			};
			const first = await headless.start();
			assert.equal(await ask(first.url), 200);
			assert.equal(await first.program.interrupt(), 0);
			const [second, beside] = [await headless.start(), await headless.start()];
			const answers = await Promise.all([second, beside, second, beside].map(({ url }) => ask(url)));
			assert.deepEqual(answers.sort(), [200, 200, 429, 429]);
			assert.equal(headless.service.counts.generation.get('answered'), 3);
			assert.ok(!/has no SQLite|record of quotas/.test(second.program.text), second.program.text);
		} finally {
			await headless.dispose();
		}
	});

	it('takes of a budget what an answer has cost that it cut when it was told to end at once', async () => {
		const headless = await HeadlessProgram.create();
		try {
			headless.environment['KEYPOOL_PAID_KEYS'] = headless.keys;
			const token = await headless.say('token', 'add', 'curl', '--dollars-per-day', '5');
			const headers = { 'content-type': 'application/json', 'x-goog-api-key': token };
			const { program, url } = await headless.start();
			const hold = headless.service.hold();
			const answer = await fetch(`${url}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse`, {
				...{ method: 'POST', headers },
				body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [long]' }] }] }),
			});
			const cut = assert.rejects(answer.text());
			await hold.reached;
			void program.interrupt();
			await program.until(/Lets 1 answer finish/);
			assert.equal(await program.interrupt(), 0);
			hold.release();
			await cut;
			const next = await headless.start();
			const status = await fetch(`${next.url}/keypool/status`, { headers });
			const { today } = (await status.json()) as GatewayStatus;
			// The longest answer of the model, which was set aside for it, costs thirty times as much.
			assert.ok(today.dollars < 0.01, String(today.dollars));
			assert.doesNotMatch(program.text, /storeUnavailable/);
		} finally {
			await headless.dispose();
		}
	});
});
