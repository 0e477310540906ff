import assert from 'node:assert/strict';
import type { Chunk, SharedStore } from '../../../src/pool/pool';
import { Files } from '../../support/store/files';
import { plainMaxCost, plainPricing } from '../../support/pool/pricing';
import { answers, breaks, fails, internal, Rig, rpm, type Script, type Send } from '../../support/pool/rig';
import { seeded } from '../../support/simulator/stand';
import type { VirtualClock } from '../../support/virtualClock';

const budget = 30 * plainMaxCost;
const keys = { a: { tier: 'paid' }, b: { tier: 'paid' } } as const;

describe('two windows on one budget, in one SQLite file', () => {
	let files: Files;
	beforeEach(() => {
		files = new Files();
	});
	afterEach(() => files.close());

	/** @param day millionths of a dollar */
	function opened(window: string, script: Script, day: number): { readonly rig: Rig; readonly store: SharedStore } {
		const store = files.open();
		const options = { pricing: plainPricing, budgets: { pool: { day: day / 1e6 } }, clock: files.clock, window };
		return { rig: new Rig(keys, script, { ...options, seenThrough: () => store }), store };
	}

	it('take the last of it once, though both see it free and ask at one moment', async () => {
		const windows = ['one', 'two', 'three'].map((window) => opened(window, answers, plainMaxCost));
		for (const { store } of windows) await files.until(store.transact(() => undefined));
		const asked = windows.map(({ rig }) => rig.ask({ maxWaitMs: 0 }));
		await files.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.equal(
			windows.reduce((sum, { rig }) => sum + rig.sends.length, 0),
			1,
		);
		assert.deepEqual(
			asked.flatMap(({ error }) => error?.reason ?? []),
			['budget', 'budget'],
		);
		for (const { rig } of windows) rig.pool.dispose();
	});

	/** What the far side charges, by its own count, whoever asks it. */
	function service(chance: () => number) {
		const counted = { charged: 0, sends: 0 };
		const script = async function* (_: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
			counted.sends++;
			const kind = chance();
			if (kind < 0.1) {
				yield* fails(rpm(2_000));
				return;
			}
			counted.charged += 100;
			for (let n = 0; n < 5; n++) {
				await new Promise<void>((resolve) => clock.after(100, resolve));
				counted.charged += 2;
				yield { output: 'word ' };
				if (kind < 0.2 && n === 2) return;
				if (kind < 0.3 && n === 3) yield* breaks('', internal);
			}
			// Some come close to all that was reserved.
			const thoughts = kind > 0.6 ? 990 : 0;
			counted.charged += 2 * thoughts;
			yield { finishReason: 'STOP', usage: { input: 100, cached: 0, output: 5, thoughts } };
		};
		return { counted, script };
	}

	it('never overspend together, though streams are cut, keys change and one window dies with its calls', async function () {
		this.timeout(120_000);
		const chance = seeded(7);
		const { counted, script } = service(chance);
		const one = opened('one', script, budget);
		let two = opened('two', script, budget);
		let refusals = 0;
		let hasDied = false;
		for (let round = 0; round < 60 && refusals < 2; round++) {
			const before = two.rig.sends.length;
			const asked = [one.rig, two.rig].flatMap((rig) => [1, 2, 3].map(() => rig.ask({ maxWaitMs: 5_000 })));
			if (round === 1) {
				// It is gone while it is being answered, and another one takes its place.
				await files.eventually(() => two.rig.sends.length > before);
				await two.store.close();
				two.rig.pool.dispose();
				two = opened('three', script, budget);
				hasDied = true;
			}
			await files.until(Promise.all(asked.map(({ ended }) => ended)));
			refusals = asked.every(({ error }) => error?.reason === 'budget') ? refusals + 1 : 0;
			assert.ok(counted.charged <= budget, `${counted.charged} of ${budget} after ${counted.sends} sends`);
			await files.clock.advance(61_000);
		}
		assert.deepEqual([refusals, hasDied], [2, true]);
		assert.ok(counted.charged > budget / 2, `${counted.charged} of ${budget}`);
		const reader = files.open();
		await files.until(reader.transact(() => undefined));
		const { day } = reader.replica().spending.get('pool') ?? assert.fail();
		assert.ok(counted.charged <= day.cost && day.cost <= budget, `${counted.charged}, ${day.cost} of ${budget}`);
		assert.deepEqual(files.troubles, []);
		one.rig.pool.dispose();
		two.rig.pool.dispose();
	});
});
