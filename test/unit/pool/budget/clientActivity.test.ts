import assert from 'node:assert/strict';
import { initialActivity, released, spent, toolCalled } from '../../../../src/pool/budget/clientActivity';
import type { ClientActivity, PoolRequest } from '../../../../src/pool/pool';
import { plainPricing } from '../../../support/pool/pricing';
import { answers, Rig } from '../../../support/pool/rig';

const noon = Date.UTC(2026, 10, 24, 20);
const hour = 3_600_000;
const minute = 60_000;

/** A client that has spent this much in each of some hours before noon. */
function used(each: number, hours: number): ClientActivity {
	let activity = initialActivity(noon - hours * hour);
	for (let n = hours; n > 0; n--) activity = spent(activity, each, noon - n * hour);
	return activity;
}

describe('a client’s hour', () => {
	it('holds it where it is more than ten times the usual one', () => {
		const usual = used(100_000, 5);
		const full = spent(usual, 1_000_000, noon);
		assert.equal(full.held, undefined);
		assert.deepEqual(spent(full, 1, noon + minute).held, { since: noon + minute, cause: 'tenfoldHour' });
	});

	it('holds nobody of whom too little is known, or who spends next to nothing', () => {
		assert.equal(spent(used(100_000, 2), 9_000_000, noon).held, undefined);
		assert.equal(spent(used(100, 9), 500_000, noon).held, undefined);
		assert.notEqual(spent(used(100, 9), 500_001, noon).held, undefined);
	});

	it('begins with the clock’s', () => {
		const almost = spent(used(100_000, 5), 900_000, noon + 59 * minute);
		assert.equal(spent(almost, 900_000, noon + hour).held, undefined);
	});

	it('is usual by the hours in which something was spent, the last ones above all', () => {
		const rare = spent(used(100_000, 5), 100_000, noon + 48 * hour);
		assert.deepEqual(rare.usual, { cost: 100_000, hours: 5 });
		assert.equal(used(100_000, 400).usual.hours, 24);
	});

	it('goes on where the clock goes backwards', () => {
		const activity = spent(spent(used(100_000, 5), 600_000, noon), 600_000, noon - hour);
		assert.notEqual(activity.held, undefined);
	});

	it('holds it no more in the hour in which a person has let it go on, and again in the next one', () => {
		const held = spent(used(100_000, 5), 1_000_001, noon);
		const free = released(held, noon + minute);
		assert.equal(free.held, undefined);
		assert.equal(spent(free, 5_000_000, noon + 2 * minute).held, undefined);
		const next = spent(free, 20_000_000, noon + hour);
		assert.notEqual(next.held, undefined);
	});
});

describe('a tool call', () => {
	const called = (times: number, everyMs: number, call = 'a'): ClientActivity => {
		let activity = initialActivity(noon);
		for (let n = 0; n < times; n++) activity = toolCalled(activity, call, noon + n * everyMs);
		return activity;
	};

	it('holds the client the twentieth time that it is the very same', () => {
		assert.equal(called(19, 1_000).held, undefined);
		assert.deepEqual(called(20, 1_000).held, { since: noon + 19_000, cause: 'repeatedCall' });
	});

	it('holds nobody who makes it less often than twenty times in ten minutes', () => {
		assert.equal(called(100, 32_000).held, undefined);
	});

	it('is forgotten after ten minutes, and when the clock goes back behind it', () => {
		const later = toolCalled(called(19, 1_000), 'other', noon + 11 * minute);
		assert.deepEqual(
			later.calls.map(({ call }) => call),
			['other'],
		);
		const back = toolCalled(called(19, 1_000), 'other', noon - minute);
		assert.deepEqual(
			back.calls.map(({ call }) => call),
			['other'],
		);
		assert.equal(toolCalled(called(19, 1_000), 'a', noon - minute).held, undefined);
	});

	it('holds a client from the first time on', () => {
		const since = noon + 19_000;
		assert.equal(called(25, 1_000).held?.since, since);
		const dear = { ...used(100_000, 5), held: { since, cause: 'repeatedCall' } } as const;
		assert.deepEqual(spent(dear, 9_000_000, noon + minute).held, dear.held);
	});

	it('is another one with other arguments', () => {
		assert.equal(toolCalled(called(19, 1_000), 'b', noon + 19_000).held, undefined);
		let activity = initialActivity(noon);
		for (let n = 0; n < 200; n++) activity = toolCalled(activity, `call ${n}`, noon + n);
		assert.equal(activity.held, undefined);
		assert.equal(activity.calls.length, 64);
	});

	it('counts among others, and from the beginning once a person has looked', () => {
		let activity = initialActivity(noon);
		for (let n = 0; n < 20; n++) {
			activity = toolCalled(activity, 'other', noon + n * 2_000);
			if (n < 19) activity = toolCalled(activity, 'same', noon + n * 2_000 + 1);
		}
		assert.notEqual(activity.held, undefined);
		activity = toolCalled(released(activity, noon + minute), 'same', noon + minute);
		assert.deepEqual([activity.held, activity.calls.length], [undefined, 1]);
	});
});

describe('a client that is held', () => {
	const looped = async (rig: Rig, client: string, times = 20): Promise<boolean[]> => {
		const held: boolean[] = [];
		for (let n = 0; n < times; n++) held.push(await rig.pool.noteToolCall(client, 'digest'));
		return held;
	};

	it('is refused alone, in every window, until a person lets it go on', async () => {
		const one = new Rig({ a: {} }, answers, { window: 'one' });
		const two = new Rig({ a: {} }, answers, { window: 'two', beside: one });
		assert.deepEqual((await looped(one, 'gateway:loop')).indexOf(true), 19);
		for (const rig of [one, two]) {
			const { error } = await rig.answer({ origin: 'gateway:loop' });
			assert.deepEqual([error?.reason, error?.facts.client], ['clientHeld', 'gateway:loop']);
			assert.equal((await rig.answer({ origin: 'gateway:other' })).text, 'from a');
		}
		await two.pool.execute({ type: 'releaseClient', client: 'gateway:loop' });
		assert.equal((await one.answer({ origin: 'gateway:loop' })).text, 'from a');
	});

	it('ends a request of its own that waits', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } } }, answers);
		await rig.answer();
		const waiting = rig.ask({ origin: 'gateway:loop' });
		await rig.clock.advance(1_000);
		assert.equal(waiting.parts.at(-1)?.type, 'waiting');
		await looped(rig, 'gateway:loop');
		await rig.clock.until(waiting.ended);
		assert.equal(waiting.error?.reason, 'clientHeld');
	});

	it('is one that spends ten times as much as usual, whatever its priority; a client of batches and a person are not', async () => {
		const budgets = {};
		const pricing = { ...plainPricing, costOf: () => 100_000 };
		const day = async (more: Pick<PoolRequest, 'origin'> & Partial<PoolRequest>): Promise<string | undefined> => {
			const rig = new Rig({ a: { tier: 'paid', limits: { m: { rpm: 999 } } } }, answers, { pricing, budgets });
			for (let n = 0; n < 4; n++) {
				await rig.answer(more);
				await rig.clock.advance(hour);
			}
			for (let n = 0; n < 30; n++) {
				const { error } = await rig.answer(more);
				if (error) return error.reason;
			}
			return undefined;
		};
		assert.equal(await day({ origin: 'gateway:loop' }), 'clientHeld');
		assert.equal(await day({ origin: 'lm:some.extension' }), 'clientHeld');
		assert.equal(await day({ origin: 'gateway:loop', priority: 'batch' }), 'clientHeld');
		assert.equal(await day({ origin: 'gateway:loop', isOfBatchClient: true }), undefined);
		assert.equal(await day({ origin: 'batch', priority: 'batch' }), undefined);
		assert.equal(await day({ origin: 'chat' }), undefined);
	});
});
