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
		// Ten minutes at half of what the large one has.
		for (let n = 0; n < 100; n++) {
			await rig.answer();
			await rig.clock.advance(minute / 10);
		}
		assert.equal(ofSmall(), 0, 'of its day');
		const rush = Array.from({ length: 26 }, () => rig.ask({ maxWaitMs: 2 * minute }));
		await rig.clock.until(Promise.all(rush.map(({ ended }) => ended)));
		assert.ok(rush.every(({ text }) => text !== ''));
		assert.ok(ofSmall() >= 6, 'it takes what the large one cannot');
	});

	it('uses no small day up while others have less left in their minutes, which come back', async () => {
		const rig = new Rig(
			{
				large: { limits: { m: { rpm: 8 } } },
				second: { limits: { m: { rpm: 6 } } },
				small: { limits: { m: { rpm: 5, rpd: 20 } } },
			},
			answers,
			{ strategy: 'headroom' },
		);
		// Twelve of the fourteen that the two others have in a minute.
		for (let n = 0; n < 60; n++) {
			await rig.answer();
			await rig.clock.advance(minute / 12);
		}
		assert.deepEqual(
			rig.sends.filter(({ key }) => key === 'small'),
			[],
		);
		const more = Array.from({ length: 7 }, () => rig.ask({ maxWaitMs: 0 }));
		await rig.clock.until(Promise.all(more.map(({ ended }) => ended)));
		assert.ok(rig.sends.some(({ key }) => key === 'small'));
	});

	it('uses several small days evenly', async () => {
		const rpd = { limits: { m: { rpm: 5, rpd: 20 } } };
		const rig = new Rig({ a: rpd, b: rpd, c: rpd }, answers, { strategy: 'headroom' });
		for (let n = 0; n < 30; n++) {
			await rig.answer();
			await rig.clock.advance(minute / 4);
		}
		const used = ['a', 'b', 'c'].map((name) => rig.sends.filter(({ key }) => key === name).length);
		assert.deepEqual(used, [10, 10, 10]);
	});
});
