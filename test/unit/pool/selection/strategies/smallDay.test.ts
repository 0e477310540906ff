import assert from 'node:assert/strict';
import { answers, Rig } from '../../../../support/pool/rig';

const minute = 60_000;

describe('headroom in virtual time', () => {
	it('keeps a small day for the time when the minutes of the others are used up', async () => {
		const rig = new Rig(
			{
				large: { limits: { m: { rpm: 20 } } },
				small: { limits: { m: { rpm: 5, rpd: 8 } } },
			},
			answers,
			{ strategy: 'headroom' },
		);
		const ofSmall = (): number => rig.sends.filter(({ key }) => key === 'small').length;
		// Ten minutes at half of what the large one has. The first request finds both untouched.
		for (let n = 0; n < 100; n++) {
			await rig.answer();
			await rig.clock.advance(minute / 10);
		}
		assert.ok(ofSmall() <= 1, `${ofSmall()} of its day`);
		const rush = Array.from({ length: 26 }, () => rig.ask({ maxWaitMs: 2 * minute }));
		await rig.clock.until(Promise.all(rush.map(({ ended }) => ended)));
		assert.ok(rush.every(({ text }) => text !== ''));
		assert.ok(ofSmall() >= 6, 'it takes what the large one cannot');
	});
});
