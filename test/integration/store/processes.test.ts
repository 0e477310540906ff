import assert from 'node:assert/strict';
import { Crowd, model, secrets } from '../../support/store/crowd';

const minute = 60_000;
const hour = 60 * minute;
const isLong = process.env['KEYPOOL_FULL'] === '1';
/** Bursts of traffic, by the hours of a Pacific day; between them the machine sleeps. */
const bursts = isLong ? 8 : 2;
const burstMs = isLong ? 100_000 : 65_000;
/** 16:00 in Los Angeles. */
const start = Date.UTC(2026, 10, 25, 0);
const quota = { rpm: 6, rpd: isLong ? 30 : 10 };

describe('four processes on one store, two minutes apart, killed and started anew', () => {
	let crowd: Crowd;
	before(async function () {
		this.timeout(60_000);
		crowd = new Crowd(20_261_126, start, quota);
		await crowd.open();
	});
	after(() => crowd.close());

	it('together never run into a limit, and count what the service counts', async function () {
		this.timeout(isLong ? 580_000 : 120_000);
		let dayBegan = 0;
		let wall = start;
		for (let n = 0; n < bursts; n++) {
			const began = crowd.elapsed;
			await crowd.run(burstMs, { asksPerSecond: 1, killsPerMinute: 8 });
			await crowd.calm();
			wall += crowd.elapsed - began;
			for (const secret of secrets) {
				const id = `p-${secret}/${model}`;
				const expected = crowd.countedSince(dayBegan, secret) + (crowd.lost.get(id) ?? 0);
				assert.equal(crowd.buckets().get(id)?.day.requests ?? 0, expected, `${id} after burst ${n}`);
			}
			const pause = (24 * hour) / bursts - (crowd.elapsed - began);
			// The reset lies in the fourth hour past 20:00.
			const midnight = Date.UTC(2026, 10, 25, 8);
			if (wall < midnight && wall + pause >= midnight) {
				dayBegan = crowd.elapsed;
				crowd.lost.clear();
			}
			wall += pause;
			crowd.sleep(pause);
		}
		const refused = crowd.calls.filter(({ status }) => status !== 200);
		assert.deepEqual(refused, []);
		assert.deepEqual(crowd.troubles, []);
		assert.ok(crowd.kills >= bursts * 4, `${crowd.kills} kills`);
		// Not by standing idle: the minute's quota of four projects, and more than one of them to the end of the day's.
		assert.ok(crowd.calls.length >= bursts * secrets.length * quota.rpm, `${crowd.calls.length} calls`);
	});

	it('a pause that one of them meets stops all within a second, and a resume frees all', async function () {
		this.timeout(120_000);
		// Another day, so that nobody has used it up.
		crowd.sleep(24 * hour);
		crowd.leak('sim-one');
		await crowd.run(1_500);
		const firstPaused = (): number => Math.min(...crowd.pausedAt.map((at = Infinity) => at));
		for (let n = 0; n < 40 && firstPaused() === Infinity; n++) await crowd.run(1_000, { asksPerSecond: 3 });
		const pausedAt = firstPaused();
		assert.ok(pausedAt < Infinity, 'the leaked key was asked, and paused them');
		await crowd.run(8_000, { asksPerSecond: 5 });
		const late = crowd.calls.filter(({ at }) => at > pausedAt + 1_000);
		assert.deepEqual(late, []);
		await crowd.calm();
		const before = crowd.calls.length;
		crowd.resume();
		await crowd.run(minute + 5_000);
		await crowd.run(3_000, { asksPerSecond: 5 });
		assert.ok(crowd.calls.length > before);
		await crowd.calm();
	});

	it('no lease outlives its holder by more than its expiry, and the file is sound', async function () {
		this.timeout(120_000);
		crowd.sleep(24 * hour);
		await crowd.run(1_500, { asksPerSecond: 10 });
		await crowd.end();
		assert.equal(crowd.integrity(), 'ok');
		const left = [...crowd.buckets().values()].flatMap(({ leases }) => leases);
		assert.ok(left.length > 0, 'some died with a call under way');
		// 30 s of silence and half a minute of grace.
		for (const { expiresAt } of left) assert.ok(expiresAt <= crowd.storeTime() + minute);
		await crowd.begin();
		await crowd.run(minute + 500);
		await crowd.run(20_000, { asksPerSecond: 2 });
		await crowd.calm();
		const kept = [...crowd.buckets().values()].flatMap(({ leases }) => leases);
		assert.deepEqual(kept, []);
	});
});
