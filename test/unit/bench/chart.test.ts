import assert from 'node:assert/strict';
import { drawAll, drawChart } from '../../bench/chart';
import { sampleOf } from '../../bench/measure';

const chart = { title: 'Time & <place>', x: 'keys', y: 'µs' };

/** Places of the points of the n-th line. */
function line(svg: string, n: number): readonly (readonly number[])[] {
	const all = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points = '']) => points);
	return (all[n] ?? '').split(' ').map((point) => point.split(',').map(Number));
}

describe('a chart of the benchmark', () => {
	it('puts equal factors at equal distances, larger values higher up', () => {
		const points = [1, 10, 100].map((x) => ({ x, y: x * 3 }));
		const [a = [], b = [], c = []] = line(drawChart(chart, [{ name: 'one', points }]), 0);
		const [dx, dy] = [(b[0] ?? 0) - (a[0] ?? 0), (b[1] ?? 0) - (a[1] ?? 0)];
		assert.ok(dx > 0 && dy < 0);
		assert.ok(Math.abs((c[0] ?? 0) - (b[0] ?? 0) - dx) < 0.2);
		assert.ok(Math.abs((c[1] ?? 0) - (b[1] ?? 0) - dy) < 0.2);
	});

	it('stays within its frame, whatever the values, and leaves out what is not above zero', () => {
		const points = [
			{ x: 1, y: 1e-6, spread: [0, 1e7] as const },
			{ x: 5, y: 0 },
			{ x: 8_000, y: 1e6 },
		];
		const svg = drawChart(chart, [{ name: 'one', points }]);
		assert.equal(line(svg, 0).length, 2);
		assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
		for (const [x = NaN, y = NaN] of line(svg, 0)) {
			assert.ok(x >= 76 && x <= 560, `x ${x}`);
			assert.ok(y >= 52 && y <= 340, `y ${y}`);
		}
	});

	it('names its lines, and cannot be broken by a name', () => {
		const svg = drawChart(chart, [{ name: 'a < b', points: [{ x: 1, y: 1 }] }]);
		assert.match(svg, />a &lt; b</);
		assert.match(svg, /<title>Time &amp; &lt;place&gt;<\/title>/);
	});

	it('draws no two lines alike, however many', () => {
		const series = Array.from({ length: 20 }, (_, n) => ({ name: `line ${n}`, points: [{ x: 1, y: 1 }] }));
		const lines = drawChart(chart, series).split('<g stroke="').slice(1);
		// Every point lies in the same place: what is left is the colour and the mark.
		const looks = lines.map((text) => text.split('\n').slice(0, 3).join());
		assert.equal(new Set(looks).size, 20);
	});

	it('is drawn from the figures that name it, line by line', () => {
		const figure = (series: string, x: number, values: readonly number[]) => {
			return { of: '', unit: 'µs', ...sampleOf(values), point: { chart: 'keys', series, x } };
		};
		const row = { name: 'row', what: '', charts: { keys: chart }, run: () => Promise.resolve([]) };
		const drawings = drawAll(row, [
			figure('a', 1, [1]),
			figure('b', 1, [5]),
			figure('a', 10, [2, 3, 4]),
			{ of: 'elsewhere', unit: '', ...sampleOf([1]) },
		]);
		assert.deepEqual(Object.keys(drawings), ['row-keys.svg']);
		const svg = drawings['row-keys.svg'] ?? '';
		assert.equal(line(svg, 0).length, 2);
		assert.equal(line(svg, 1).length, 1);
	});
});
