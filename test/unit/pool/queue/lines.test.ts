import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Line, Lines } from '../../../../src/pool/queue/lines';

class Entry {
	isWaiting = true;
	constructor(
		readonly order: number,
		readonly request: { readonly id: string; readonly priority: 'chat' | 'batch' } = {
			id: `r${order}`,
			priority: 'chat',
		},
	) {}
}

function leave(line: Line<Entry>, entry: Entry | undefined): void {
	if (!entry?.isWaiting) return;
	entry.isWaiting = false;
	line.left();
}

const waitingIn = (line: Line<Entry>): readonly number[] =>
	line
		.entries()
		.filter(({ isWaiting }) => isWaiting)
		.map(({ order }) => order);

describe('a line', () => {
	it('keeps those that wait in order of arrival, however they come back and leave', () => {
		const step = fc.record({ joins: fc.boolean(), order: fc.integer({ min: 0, max: 2_000 }) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 1_500 }), (steps) => {
				const line = new Line<Entry>();
				const waiting = new Map<number, Entry>();
				for (const { joins, order } of steps) {
					if (joins && !waiting.has(order)) {
						const entry = new Entry(order);
						waiting.set(order, entry);
						line.add(entry);
					} else if (!joins) {
						leave(line, waiting.get(order));
						waiting.delete(order);
					}
				}
				assert.deepEqual(
					waitingIn(line),
					[...waiting.keys()].sort((a, b) => a - b),
				);
				assert.equal(line.length, waiting.size);
			}),
			{ numRuns: 50 },
		);
	});

	it('has few places of requests that have left, from whichever end they leave', () => {
		for (const nth of [(n: number) => n, (n: number) => 29_999 - n, (n: number) => (n * 7) % 30_000]) {
			const line = new Line<Entry>();
			const entries = Array.from({ length: 30_000 }, (_, n) => new Entry(n));
			for (const entry of entries) line.add(entry);
			let closedUp = 0;
			for (let n = 0; n < 30_000; n++) {
				const before = line.entries();
				leave(line, entries[nth(n)]);
				if (line.entries() !== before) closedUp += before.length;
				const gone = line.entries().length - line.length;
				assert.ok(gone <= Math.max(128, line.entries().length / 8), `${gone} of ${line.entries().length}`);
			}
			assert.equal(line.length, 0);
			assert.ok(closedUp / 30_000 < 20, `${closedUp / 30_000} places moved for each`);
		}
	});

	it('lets somebody go through it while one comes back into the middle', () => {
		const line = new Line<Entry>();
		for (const order of [1, 2, 4]) line.add(new Entry(order));
		const seen: number[] = [];
		for (const { order } of line.entries()) {
			if (order === 2) line.add(new Entry(3));
			if (order === 4 && !seen.includes(5)) line.add(new Entry(5));
			seen.push(order);
		}
		assert.deepEqual(seen, [1, 2, 4]);
		assert.deepEqual(waitingIn(line), [1, 2, 3, 4, 5]);
	});
});

describe('the two lines', () => {
	it('find a request by its id until it leaves, also where another has taken its name', () => {
		const lines = new Lines<Entry>();
		const [first, second] = [new Entry(1, { id: 'r', priority: 'chat' }), new Entry(2, { id: 'r', priority: 'batch' })];
		lines.add(first);
		lines.add(second);
		first.isWaiting = false;
		lines.left(first);
		assert.deepEqual([lines.find('r'), lines.length], [second, 1]);
		second.isWaiting = false;
		lines.left(second);
		assert.deepEqual([lines.find('r'), lines.length], [undefined, 0]);
	});

	it('serve a batch request after four chat requests that passed it', () => {
		const lines = new Lines<Entry>();
		for (let n = 1; n <= 6; n++) lines.add(new Entry(n));
		lines.add(new Entry(7, { id: 'b', priority: 'batch' }));
		const served: string[] = [];
		while (lines.length > 0) {
			const next = lines.inTurn().next().value;
			assert.ok(next);
			served.push(next.request.id);
			lines.served(next);
			next.isWaiting = false;
			lines.left(next);
		}
		assert.deepEqual(served, ['r1', 'r2', 'r3', 'r4', 'b', 'r5', 'r6']);
	});
});
