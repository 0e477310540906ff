import assert from 'node:assert/strict';
import { useLoopback } from '../../support/loopback';
import { bundled } from '../../support/bundled';
import { Program } from '../../support/program';

/** The simulator's program, from the sources. */
function run(...args: readonly string[]): Program {
	return new Program([bundled('src/simulator/cli.ts'), ...args]);
}

describe('npm run simulator', () => {
	const listen = useLoopback();

	it('explains itself', async () => {
		const simulator = run('--help');
		assert.equal(await simulator.ended, 0);
		for (const option of ['--port', '--scenario', '--window', '--pace', '--list', '[long]']) {
			assert.ok(simulator.text.includes(option), option);
		}
	});

	it('answers on both versions of the API with the keys that it names, and ends when told to', async () => {
		const simulator = run('--port', '0', '--scenario', 'two-good');
		try {
			const [, url = ''] = await simulator.until(/answers at (http:\S+)/);
			const [, key = ''] = await simulator.until(/Keys: ([^,\s]+)/);
			for (const version of ['v1', 'v1beta']) {
				const answer = await fetch(`${url}/${version}/models/gemini-3.8-flash:generateContent`, {
					method: 'POST',
					headers: { 'x-goog-api-key': key },
					body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Who? [short]' }] }] }),
				});
				assert.equal(answer.status, 200);
				assert.match(await answer.text(), /Who\?.*sim-answer-/s);
			}
			const stranger = await fetch(`${url}/v1beta/models`, { headers: { 'x-goog-api-key': 'sim-stranger' } });
			assert.equal(stranger.status, 400);
		} finally {
			assert.equal(await simulator.interrupt(), 0);
		}
	});

	it('says in one sentence what it cannot do', async () => {
		const { port } = await listen();
		const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
			[['--port', 'x'], /^--port is a whole number from 0 to 65535\.$/],
			[['--scenario', 'x'], /^--scenario is one of five-keys, /],
			[['--window', 'x'], /^--window is one of phased, fixed, sliding, bucket\.$/],
			[['--port', String(port)], /^The port is taken: choose another/],
		];
		const runs = wrong.map(([args]) => run(...args));
		assert.deepEqual(await Promise.all(runs.map(({ ended }) => ended)), [1, 1, 1, 1]);
		wrong.forEach(([, says], n) => assert.match(runs[n]?.text.trim() ?? '', says));
	});
});
