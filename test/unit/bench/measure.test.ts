import assert from 'node:assert/strict';
import { slopeOf, timedInTurn } from '../../bench/measure';

describe('the stop-watch of the benchmark', () => {
	it('tells what each run takes, however short beside a block, in blocks that are long enough', () => {
		let ms = 0;
		const takes = (each: number) => () => {
			ms += each;
		};
		const rounds = timedInTurn([takes(0.001), takes(0.5), takes(30)], { count: 4, leastMs: 20 }, () => ms);
		assert.deepEqual(
			rounds.map((micros) => micros.map(Math.round)),
			[Array(4).fill(1), Array(4).fill(500), Array(4).fill(30_000)],
		);
	});

	it('lets them take turns, and does not count how slow they are at first', () => {
		let ms = 0;
		const order: string[] = [];
		const takes = (name: string) => () => {
			if (order.at(-1) !== name) order.push(name);
			ms += order.length > 2 ? 0.01 : 1;
		};
		const rounds = timedInTurn([takes('a'), takes('b')], { count: 2, leastMs: 5 }, () => ms);
		assert.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b']);
		assert.deepEqual(
			rounds.map((micros) => micros.map(Math.round)),
			[
				[10, 10],
				[10, 10],
			],
		);
	});
});

describe('the slope of the benchmark', () => {
	it('is that of the line, wherever it lies and however far apart its points', () => {
		const points = [1e5, 1.5e5, 1e6].map((x) => [x, 3e7 + 0.25 * x] as const);
		assert.ok(Math.abs(slopeOf(points) - 0.25) < 1e-9);
	});

	it('lies in the middle of what comes and goes', () => {
		const slope = slopeOf([0, 1, 2, 3].map((x) => [x, 5 + (x === 1 || x === 2 ? 1 : 0)]));
		assert.ok(Math.abs(slope) < 1e-9);
	});
});
