import assert from 'node:assert/strict';
import { bucketId, type ProjectId } from '../../../../src/pool/pool';
import { loadSdk } from '../../../support/gemini/room';
import { always, ThroughPool, type Meets } from '../../../support/gemini/throughPool';
import { flash, lite } from '../../../support/simulator/stand';
import { answers, fails, hangs, overloaded, Rig, rpm, type Script } from '../../../support/pool/rig';

const hour = 3_600_000;
/** Midnight in Los Angeles, ms from the rig's beginning at noon there. */
const midnight = 12 * hour;
const sentAt = (rig: Rig): number[] => rig.sends.map(({ at }) => at);
/** When a request that comes then goes out; nothing where it does not go at once. */
const goes = async (rig: Rig): Promise<boolean> => (await rig.answer({ maxWaitMs: 0 })).done !== undefined;

/** One key: two answers at 0 and 10 s, and a refusal at 20 s that states a delay. */
async function refusedAt20(delayMs: number | undefined, then: Script): Promise<Rig> {
	const action = { type: 'coolDown', reason: 'rpm', ...(delayMs === undefined ? {} : { delayMs }) } as const;
	const script: Script = (send, clock) => {
		if (send.nth === 3) return fails(action);
		return send.nth < 3 ? answers(send) : then(send, clock);
	};
	const rig = new Rig({ a: {} }, script);
	await rig.answer();
	await rig.clock.advance(10_000);
	await rig.answer();
	await rig.clock.advance(10_000);
	assert.equal(await goes(rig), false);
	return rig;
}

describe('a stated delay of a minute’s quota', () => {
	it('earns one probe; the whole quota is back when the oldest own send is a minute old', async () => {
		const rig = await refusedAt20(11_000, answers);
		await rig.clock.advance(10_999);
		assert.equal(await goes(rig), false, 'before the delay');
		await rig.clock.advance(1);
		assert.equal(await goes(rig), true, 'the probe, at 31 s');
		assert.equal(await goes(rig), false, 'answered, and still worth one call alone');
		await rig.clock.advance(29_000);
		assert.equal(await goes(rig), false, 'at 60 s');
		await rig.clock.advance(150);
		assert.deepEqual(
			[await goes(rig), await goes(rig), await goes(rig)],
			[true, true, true],
			'a minute after the first send',
		);
		assert.deepEqual(sentAt(rig), [0, 10_000, 20_000, 31_000, 60_150, 60_150, 60_150]);
	});

	it('is one call also where many wait for it', async () => {
		const rig = await refusedAt20(11_000, answers);
		const asked = [1, 2, 3, 4].map(() => rig.ask());
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(sentAt(rig).slice(3), [31_000, 60_150, 60_150, 60_150]);
	});

	it('is no matter once the quota is whole: nobody waits for another one’s sign of life then', async () => {
		const rig = await refusedAt20(undefined, hangs);
		for (let n = 0; n < 3; n++) rig.ask();
		await rig.clock.advance(40_150);
		assert.deepEqual(sentAt(rig).slice(3), [60_150, 60_150, 60_150]);
		rig.pool.dispose();
	});

	it('is worth nothing where it is longer: the quota is whole before', async () => {
		const rig = await refusedAt20(55_000, answers);
		await rig.clock.advance(40_149);
		assert.equal(await goes(rig), false);
		await rig.clock.advance(1);
		assert.deepEqual([await goes(rig), await goes(rig)], [true, true]);
	});

	it('earns another probe when the service states another one', async () => {
		const again: Script = (send) =>
			send.at < 40_000 ? fails({ type: 'coolDown', reason: 'rpm', delayMs: 15_000 }) : answers(send);
		const rig = await refusedAt20(11_000, again);
		await rig.answer();
		assert.deepEqual(sentAt(rig).slice(3), [31_000, 46_000]);
		assert.equal(await goes(rig), false);
	});

	it('is 60 s where nothing is stated and nothing was sent, and what is stated where nothing was sent', async () => {
		for (const [action, at] of [
			[{ type: 'coolDown', reason: 'rpm' }, 60_000],
			[{ type: 'coolDown', reason: 'tpm' }, 60_000],
			[rpm(38_000), 38_000],
		] as const) {
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(action) : answers(send)));
			await rig.answer();
			assert.deepEqual(sentAt(rig), [0, at]);
		}
		const silent = await refusedAt20(undefined, answers);
		await silent.answer();
		assert.deepEqual(sentAt(silent).slice(3), [60_150], 'something was sent, nothing is stated');
	});

	it('lets the probe pass a limit that is learnt, and counts it', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(rpm(5_000, 2)) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(5_000);
		assert.deepEqual([await goes(rig), await goes(rig)], [true, false]);
		assert.equal(rig.pool.snapshot().keys[0]?.models[0]?.requestsThisMinute, 3);
	});

	it('of tokens is the same', async () => {
		const tpm = { type: 'coolDown', reason: 'tpm', limit: 600, delayMs: 5_000 } as const;
		const rig = new Rig({ a: {} }, (send) => (send.nth === 3 ? fails(tpm) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer({ maxWaitMs: 0, size: { bytes: 400, tokens: 0 } });
		await rig.clock.advance(5_000);
		assert.deepEqual([await goes(rig), await goes(rig)], [true, false]);
		await rig.clock.advance(55_150);
		assert.equal(await goes(rig), true);
	});

	it('outlives a restart in the middle, and a probe that is cut leaves the next one to go', async () => {
		const rig = await refusedAt20(11_000, answers);
		const later = new Rig({ a: {} }, answers, { store: rig.store.export(), start: rig.clock.wall() });
		await later.clock.advance(11_000);
		assert.deepEqual([await goes(later), await goes(later)], [true, false]);
		const cut = await refusedAt20(11_000, (send) => (send.nth === 4 ? fails(overloaded) : answers(send)));
		await cut.clock.advance(11_000);
		assert.equal(await goes(cut), false, 'the probe met an overload');
		await cut.clock.advance(1_000);
		assert.equal(await goes(cut), true);
	});
});

describe('a stated delay of a day’s quota', () => {
	const daily =
		(delayMs?: number): Script =>
		(send) =>
			send.nth === 1
				? fails({ type: 'coolDown', reason: 'rpd', limit: 20, ...(delayMs === undefined ? {} : { delayMs }) })
				: answers(send);

	it('of ten minutes or more earns one probe at its end; answered, the day has begun anew', async () => {
		const rig = new Rig({ a: {} }, daily(2 * hour));
		await goes(rig);
		await rig.clock.advance(2 * hour - 1);
		assert.equal(await goes(rig), false);
		await rig.clock.advance(1);
		const [first, second] = [rig.ask({ maxWaitMs: 0 }), rig.ask({ maxWaitMs: 20_000 })];
		await rig.clock.until(Promise.all([first.ended, second.ended]));
		assert.ok(first.done && second.done, 'the second after the sign of life of the first');
		assert.equal(rig.pool.snapshot().keys[0]?.models[0]?.requestsToday, 2);
	});

	it('is the same for its tokens, and no cooldown of requests', async () => {
		for (const [delayMs, at] of [
			[2 * hour, 2 * hour],
			[undefined, midnight],
		] as const) {
			const tpd = { type: 'coolDown', reason: 'tpd', ...(delayMs === undefined ? {} : { delayMs }) } as const;
			const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(tpd) : answers(send)));
			assert.equal(await goes(rig), false);
			const until = rig.clock.wall() + at;
			assert.deepEqual(rig.pool.snapshot().keys[0]?.availability, { state: 'coolingDown', reason: 'tpd', until });
			await rig.clock.advance(at);
			assert.deepEqual([await goes(rig), await goes(rig)], [true, true]);
		}
	});

	it('that was wrong costs that one call, and no cooldown outlasts midnight in Los Angeles', async () => {
		const never: Script = (send) =>
			send.at < midnight ? fails({ type: 'coolDown', reason: 'rpd', limit: 20, delayMs: 9 * hour }) : answers(send);
		const rig = new Rig({ a: {} }, never);
		await goes(rig);
		await rig.clock.advance(9 * hour);
		assert.equal(await goes(rig), false);
		assert.deepEqual(sentAt(rig), [0, 9 * hour]);
		const availability = rig.pool.snapshot().keys[0]?.availability;
		assert.deepEqual(availability?.state === 'coolingDown' && availability.until - rig.clock.wall(), 3 * hour);
		await rig.clock.advance(3 * hour);
		assert.equal(await goes(rig), true);
	});

	it('that is met on a young day is tried again soon: the clock may be ahead of the service’s, on days of 23 and 25 hours too', async () => {
		const refused = fails({ type: 'coolDown', reason: 'rpd', limit: 20, delayMs: 16 * hour });
		for (const day of [Date.UTC(2026, 10, 25, 8), Date.UTC(2026, 10, 1, 7), Date.UTC(2027, 2, 14, 8)]) {
			const ahead = 2_000;
			const start = day - hour;
			const early: Script = (send) => (send.at < hour + ahead ? refused : answers(send));
			const rig = new Rig({ a: {} }, early, { start });
			assert.equal(await goes(rig), false);
			await rig.clock.advance(hour);
			assert.equal(await goes(rig), false, 'the day of the service has not begun');
			const waits = rig.ask({ maxWaitMs: hour });
			await rig.clock.until(waits.ended);
			assert.ok(waits.done);
			assert.deepEqual(sentAt(rig).slice(0, 2), [0, hour]);
			assert.ok(Math.abs((sentAt(rig)[2] ?? 0) - hour - 600_000) < 1_000, String(sentAt(rig)[2]));
		}
	});

	it('that is met on a young day again and again is tried three times in all', async () => {
		const day = Date.UTC(2026, 10, 25, 8);
		const rig = new Rig({ a: {} }, () => fails({ type: 'coolDown', reason: 'rpd', limit: 20 }), { start: day });
		for (let n = 0; n < 200; n++) {
			await rig.answer({ maxWaitMs: 0 });
			await rig.clock.advance(60_000);
		}
		assert.deepEqual(
			sentAt(rig).map((at) => at / 60_000),
			[0, 10, 30, 90],
		);
	});

	it('is believed on a young day where what was sent has used it up, and after two hours', async () => {
		const day = Date.UTC(2026, 10, 25, 8);
		const two: Script = (send) => (send.nth < 3 ? answers(send) : fails({ type: 'coolDown', reason: 'rpd', limit: 2 }));
		const rig = new Rig({ a: { limits: { m: { rpd: 9 } } } }, two, { start: day });
		for (const answered of [true, true, false]) assert.equal(await goes(rig), answered);
		const until = (one: Rig): number => {
			const availability = one.pool.snapshot().keys[0]?.availability;
			return availability?.state === 'coolingDown' ? availability.until - day : 0;
		};
		assert.equal(until(rig), 24 * hour);
		const late = new Rig({ a: {} }, daily(), { start: day + 2 * hour });
		assert.equal(await goes(late), false);
		assert.equal(until(late), 24 * hour);
	});

	it('is read from the bodies: a short one lies, a long one points at 00:00 UTC', async () => {
		await loadSdk();
		const meets = (body: '429_rpd_free_flash_short_delay' | '429_rpd_free_flash_long_delay'): Meets =>
			always({ kind: 'error', body });
		const short = new ThroughPool({ a: meets('429_rpd_free_flash_short_delay') });
		await short.clock.until(short.begin({ maxWaitMs: 0 }));
		assert.equal(short.endsIn('a'), 14 * 3600, 'midnight in Los Angeles');
		const long = new ThroughPool({ a: meets('429_rpd_free_flash_long_delay') });
		await long.clock.until(long.begin({ maxWaitMs: 0 }));
		assert.ok((long.endsIn('a') ?? Infinity) < 14 * 3600, String(long.endsIn('a')));
		await long.clock.until(long.begin({ maxWaitMs: 24 * hour }));
		assert.ok(long.calls.length >= 2);
	});
});

describe('an overloaded model where the day has few requests', () => {
	before(loadSdk);
	const busy: Meets = { faults: [{ when: 'always', model: flash, kind: 'error', body: '503_overloaded' }] };

	it('is asked once more, then the fallback model is', async () => {
		for (const [rpd, times] of [
			[20, 2],
			[50, 2],
			[51, 5],
		] as const) {
			const rig = new ThroughPool({ a: busy, b: {} });
			const limits = { [flash]: { rpd } };
			rig.setLimits(limits);
			assert.equal((await rig.ask(flash, lite)).end, 'answered');
			assert.equal(rig.calls.filter((call) => call.includes(flash)).length, times, `${rpd} a day`);
			assert.match(rig.calls.at(-1) ?? '', new RegExp(lite));
		}
	});

	it('is known to have few from the service, too', async () => {
		const script: Script = (send) => {
			if (send.nth === 1) return fails({ type: 'coolDown', reason: 'rpd', limit: 20 });
			return send.model === 'm' ? fails(overloaded) : answers(send);
		};
		const rig = new Rig({ a: {} }, script);
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(midnight);
		await rig.answer({ models: ['m', 'lite'] });
		assert.deepEqual(
			rig.sends.slice(1).map(({ model, at }) => `${model} ${at - midnight}`),
			['m 0', 'm 1000', 'lite 1000'],
		);
	});

	it('is not asked by those who come meanwhile, where another model can serve', async () => {
		const rig = new Rig({ a: { limits: { m: { rpd: 20 } } } }, (send) =>
			send.model === 'm' ? fails(overloaded) : answers(send),
		);
		for (let n = 0; n < 4; n++) await rig.answer({ models: ['m', 'lite'] });
		assert.deepEqual(
			rig.sends.map(({ model }) => model),
			['m', 'm', 'lite', 'lite', 'lite', 'lite'],
		);
	});

	it('takes a request of the minute and the day each time; a refused 429 takes none', async () => {
		const counts = async (script: Script): Promise<readonly number[]> => {
			const rig = new Rig({ a: { dailyCap: { requests: 100 } } }, script);
			await rig.answer({ maxWaitMs: 0 });
			const { day, minute } = rig.store.replica().bucket.get(bucketId('p-a' as ProjectId, 'm')) ?? assert.fail();
			const cap = rig.store.replica().spending.get('project/p-a') ?? assert.fail();
			return [rig.sends.length, minute.reduce((sum, one) => sum + one[2], 0), day.requests, cap.day.requests];
		};
		assert.deepEqual(await counts(() => fails(overloaded)), [1, 1, 1, 1]);
		assert.deepEqual(await counts(() => fails({ type: 'coolDown', reason: 'capacity' })), [1, 0, 0, 0]);
		assert.deepEqual(await counts(() => fails(rpm(5_000))), [1, 0, 0, 0]);
		const tooLarge = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 5 } as const;
		assert.deepEqual(await counts(() => fails(tooLarge)), [1, 0, 0, 0]);
	});
});
