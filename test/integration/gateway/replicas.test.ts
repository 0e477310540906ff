import assert from 'node:assert/strict';
import { Replicas } from '../../support/gateway/replicas';

const questions = 6;

/** A client that tries three times, as OpenAI's does, where a connection breaks or the gateway is going. */
async function ask({ url, token }: Replicas, n: number): Promise<string> {
	for (let tries = 1; ; tries++) {
		try {
			const answer = await fetch(`${url}/v1/chat/completions`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'close' },
				body: JSON.stringify({
					model: 'gemini-3.8-flash',
					messages: [{ role: 'user', content: `Question ${n} [short]` }],
				}),
			});
			const text = await answer.text();
			if (answer.status < 500) return `${answer.status} ${text}`;
		} catch (error) {
			if (tries === 3) throw error;
		}
	}
}

const askAll = (replicas: Replicas): Promise<readonly string[]> =>
	Promise.all(Array.from({ length: questions }, (_, n) => ask(replicas, n)));

describe('two replicas of a team’s gateway over one store', () => {
	let replicas: Replicas;
	beforeEach(async () => {
		replicas = await Replicas.open();
	});
	afterEach(() => replicas.close());

	it('lose no client where one dies in the middle, and count together', async () => {
		const { balancer, first, second, headless } = replicas;
		const asking = askAll(replicas);
		await balancer.waitsFor(first.url);
		await first.program.crash();
		for (const answer of await asking) assert.match(answer, /^200 .*sim-answer-/s);
		const { requests } = (await replicas.statusAt(second)).today;
		// What was under way in the one that died was asked again, and both times count.
		assert.ok(requests >= questions && requests <= 2 * questions, String(requests));
		assert.ok((headless.service.counts.generation.get('answered') ?? 0) >= questions);
	});

	it('are changed one after the other, and no client asks twice', async () => {
		const { balancer, first, second } = replicas;
		const asking = askAll(replicas);
		await balancer.waitsFor(first.url);
		const ended = first.program.interrupt();
		await first.program.until(/Not ready any more/);
		for (const answer of await asking) assert.match(answer, /^200 .*sim-answer-/s);
		// The balancer has seen it: what comes now goes to the other one alone.
		await first.program.interrupt();
		assert.equal(await ended, 0);
		assert.match(await ask(replicas, questions), /^200/);
		assert.equal((await replicas.statusAt(second)).today.requests, questions + 1);
	});
});
