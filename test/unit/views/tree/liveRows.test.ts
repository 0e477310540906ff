import assert from 'node:assert/strict';
import type { Snapshot } from '../../../../src/pool/pool';
import { hoverOf } from '../../../../src/views/tree/hover';
import { LiveRows, type Redraw } from '../../../../src/views/tree/liveRows';
import { readable } from '../../../support/ui/readable';
import { VirtualClock } from '../../../support/virtualClock';
import {
	hour,
	keyView,
	minute,
	modelView,
	noon,
	SettablePool,
	snapshotOf,
	standings,
	words,
} from '../../../support/views/snapshots';

function open(snapshot: Snapshot) {
	const clock = new VirtualClock(noon);
	const pool = new SettablePool(snapshot);
	const drawn: Redraw[] = [];
	const live = new LiveRows(pool, words, clock, (what) => drawn.push(what));
	drawn.length = 0;
	const hoverFor = (id: string): string => {
		const row = live.rowToRead(id);
		return row ? readable(hoverOf(row, words, clock.wall())) : '';
	};
	return { clock, pool, live, drawn, hoverFor };
}

const three = snapshotOf([
	keyView('A', standings.usable),
	keyView('B', standings.minute),
	keyView('C', { state: 'coolingDown', reason: 'rpm', until: noon + 10 * minute + 5000 }),
]);

describe('live rows', () => {
	it('redraw the row that counts down, each second and alone, while somebody looks', async () => {
		const { clock, live, drawn } = open(three);
		live.setVisible(true);
		await clock.advance(3000);
		assert.deepEqual(drawn, [['id of B'], ['id of B'], ['id of B']]);
		assert.match(live.get('id of B')?.shown.description ?? '', /resting 0:39/);
	});

	it('know a key that the filter hides: what is chosen in Why? for it asked which key is meant', () => {
		const { live } = open(three);
		live.filter = { type: 'state', state: 'usable' };
		assert.equal(live.get('id of B'), undefined);
		assert.deepEqual([live.keyOf('id of B')?.key.label, live.projectOf('id of B')?.id], ['B', 'project of B']);
		assert.deepEqual(
			[live.keyOf('nobody'), live.keyOf(7), live.projectOf(undefined)],
			[undefined, undefined, undefined],
		);
	});

	it('hold a row still while its hover is read, unless something happens to its key', async () => {
		const { clock, pool, live, drawn, hoverFor } = open(three);
		live.setVisible(true);
		assert.match(hoverFor('id of B'), /resting until 12:01/);
		await clock.advance(4000);
		assert.deepEqual(drawn, []);
		const leaked = [keyView('A', standings.usable), keyView('B', standings.leaked), ...three.keys.slice(2)];
		pool.set(snapshotOf(leaked, { rev: 2 }));
		await clock.advance(100);
		assert.deepEqual(drawn, [['id of B']]);
	});

	it('write a key down once to see whether it has changed, however many models it has: else many held up the window', async () => {
		let read = 0;
		const tokens = {
			output: 0,
			get input(): number {
				read++;
				return 0;
			},
		};
		const some = (rev: number, models: number) =>
			snapshotOf(
				[
					keyView('A', standings.usable, {
						tokens,
						models: Array.from({ length: models }, (_, n) => modelView(standings.usable, { model: `model-${n}` })),
					}),
				],
				{ rev },
			);
		for (const models of [2, 40]) {
			const { clock, pool } = open(some(1, models));
			read = 0;
			pool.set(some(2, models));
			await clock.advance(100);
			// In the rows of its models and in its own, as it was and as it is.
			assert.equal(read, 4, `${models} models`);
		}
	});

	it('tell of another model, though no row looks different with it', async () => {
		const { clock, pool, drawn } = open(three);
		pool.set(snapshotOf(three.keys, { rev: 2, model: 'gemini-other' }));
		await clock.advance(100);
		assert.deepEqual(drawn, [[]]);
	});

	it('draw every row anew once the day has turned, also where no key rests: a hover that was opened says "tomorrow" for ever', async () => {
		const day = { state: 'coolingDown', reason: 'rpd', until: noon + 22 * hour } as const;
		for (const standing of [standings.usable, day]) {
			const view = keyView('A', standing, { lastUsed: noon });
			const { clock, live, drawn, hoverFor } = open(snapshotOf([view, keyView('B', standings.usable)]));
			live.setVisible(true);
			const before = hoverFor('id of A');
			await clock.advance(12 * hour - minute);
			assert.deepEqual(drawn, []);
			await clock.advance(2 * minute);
			assert.deepEqual(drawn, [['id of A', 'id of B']]);
			const after = hoverFor('id of A');
			assert.match(before, /Last used 12:00/);
			assert.match(after, /Last used Tue 12:00/);
			assert.equal(after.includes('tomorrow'), false);
			await clock.advance(hour);
			assert.equal(drawn.length, 1, 'once');
		}
	});

	it('count on after a hover was read', async () => {
		const { clock, live } = open(three);
		live.setVisible(true);
		live.rowToRead('id of B');
		await clock.advance(11_000);
		assert.match(live.get('id of B')?.shown.description ?? '', /resting 0:31/);
	});

	it('begin to count down when a long rest comes within ten minutes', async () => {
		const { clock, live, drawn } = open(snapshotOf(three.keys.slice(2)));
		live.setVisible(true);
		await clock.advance(5000);
		assert.deepEqual(drawn, []);
		await clock.advance(1000);
		assert.match(live.get('id of C')?.shown.description ?? '', /resting 9:59/);
	});

	it('let no timer run while nobody looks and after the end, and one while nothing rests', async () => {
		const { clock, live, pool } = open(three);
		assert.equal(clock.pending, 0);
		live.setVisible(true);
		assert.equal(clock.pending, 1);
		live.setVisible(false);
		assert.equal(clock.pending, 0);
		live.setVisible(true);
		pool.set(snapshotOf([keyView('A', standings.usable)], { rev: 2 }));
		await clock.advance(hour);
		assert.equal(clock.pending, 1);
		pool.set({ ...three, rev: 3 });
		live.dispose();
		pool.set({ ...three, rev: 4 });
		assert.equal(clock.pending, 0);
	});

	it('follow the pool: a changed key redraws its row, a new key the tree, many changes at once only one', async () => {
		const { clock, pool, drawn } = open(snapshotOf([keyView('A', standings.usable)]));
		for (let rev = 2; rev < 100; rev++) {
			pool.set(snapshotOf([keyView('A', standings.usable, { success: rev })], { rev }));
		}
		await clock.advance(1000);
		assert.deepEqual(drawn, [['id of A']]);
		pool.set(snapshotOf([keyView('A', standings.usable), keyView('B', standings.usable)], { rev: 100 }));
		await clock.advance(1000);
		assert.deepEqual(drawn.slice(1), ['all']);
	});
});
