import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attackJson, attackText, damaged } from '../../../support/fuzz/attacks';
import { property } from '../../../support/fuzz/property';

describe('fuzzing', () => {
	const ms = 60_000;

	it('finds what breaks, and says with which seed', async () => {
		const played = await property(attackText(), (text) => assert.ok(!text.includes('\u202e'))).play(ms, 7);
		assert.ok(played.is === 'broken');
		assert.match(played.reason, /SEED=7.*\u202e/s);
	});

	it('finds what takes the square of a text’s length', async () => {
		// The largest text would take seconds, and so would each try for a smaller case.
		const slow = property(attackText('='), (text) => void text.slice(0, 10_000).replace(/[=+]+$/, ''), 10);
		const played = await slow.play(ms, 7);
		assert.match(played.is === 'broken' ? played.reason : '', /ms of the processor's time/);
	});

	it('counts cases while they hold, and fails where none was played', async () => {
		const played = await property(fc.nat(), () => undefined).play(50, 7);
		assert.ok(played.is === 'held' && played.cases > 1);
		assert.equal((await property(fc.nat(), () => undefined).play(0, 7)).is, 'unplayed');
	});

	it('plays the same cases of the same seed', () => {
		for (const one of [attackText('a'), damaged(attackText('a')), attackJson])
			assert.deepEqual(fc.sample(one, { seed: 1, numRuns: 20 }), fc.sample(one, { seed: 1, numRuns: 20 }));
	});
});
