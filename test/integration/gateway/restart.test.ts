import assert from 'node:assert/strict';
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
			assert.ok(!/has no SQLite|out of reach/.test(second.program.text), second.program.text);
		} finally {
			await headless.dispose();
		}
	});
});
