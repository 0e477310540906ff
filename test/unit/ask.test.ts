import assert from 'node:assert/strict';
import { createAsk } from '../../src/ask';
import { PoolError } from '../../src/pool/pool';
import { question } from './gemini/room';
import { answers, Rig } from './pool/rig';
import { settingsOf, Written } from './written';

describe('asking', () => {
	for (const why of ['keysLocked', 'hostRefused'] as const) {
		it(`ends with ${why} where that stands in the way: nothing is sent, and nobody is told that there is no key`, async () => {
			const rig = new Rig({ a: {} }, answers);
			const heard: string[] = [];
			rig.pool.onEvent((event) => {
				if (event.type === 'failed') heard.push(`${event.request} ${event.origin} ${event.reason}`);
				if (event.type === 'ended') heard.push(`${event.trail.request} ${event.trail.outcome}`);
			});
			let looks = 0;
			const ask = createAsk({
				pool: rig.pool,
				gemini: {
					open: () => () => {
						throw new Error('nothing may be sent');
					},
					cost: () => ({ bytes: 9, tokens: 0 }),
				},
				settings: settingsOf(new Written()),
				obstacle: () => Promise.resolve((looks += 1) === 1 ? why : undefined),
				newId: () => 'q1',
			});
			const parts = ask(question(), { origin: 'chat' }, new AbortController().signal)[Symbol.asyncIterator]();
			const ended = (error: unknown): boolean => error instanceof PoolError && error.reason === why;
			await assert.rejects(parts.next(), ended);
			await assert.rejects(parts.next(), ended);
			assert.deepEqual([rig.sends.length, looks], [0, 1]);
			assert.deepEqual(heard, [`q1 chat ${why}`, `q1 ${why}`], 'whoever counts prompts hears of it once');
		});
	}
});
