import assert from 'node:assert/strict';
import { cronSchedule, dailySchedule } from '../../../../src/keys/rotation/rotationSchedule';

const hour = 3_600_000;

/** Runs `test` as on a machine in this time zone. */
async function inZone(zone: string, test: () => Promise<void>): Promise<void> {
	const before = process.env['TZ'];
	process.env['TZ'] = zone;
	try {
		await test();
	} finally {
		if (before === undefined) delete process.env['TZ'];
		else process.env['TZ'] = before;
	}
}

describe('the schedule of rotations', () => {
	it('counts one more at each time that the expression matches, and says when it may change', async () => {
		const turns = await cronSchedule('0 6,18 * * 1-5');
		const monday = new Date(2026, 10, 23, 5, 59);
		const before = turns.countAt(monday);
		assert.deepEqual(turns.nextAfter(monday), new Date(2026, 10, 23, 6));
		assert.equal(turns.countAt(new Date(2026, 10, 23, 6)), before + 1);
		assert.equal(turns.countAt(new Date(2026, 10, 23, 18, 30)), before + 2);
		assert.deepEqual(turns.nextAfter(new Date(2026, 10, 23, 18)), new Date(2026, 10, 24));
		// A week later, whoever slept or was never there counts the same.
		const fresh = await cronSchedule('0 6,18 * * 1-5');
		assert.equal(turns.countAt(new Date(2026, 10, 30, 7)), before + 11);
		assert.equal(fresh.countAt(new Date(2026, 10, 30, 7)), before + 11);
		assert.equal(turns.countAt(new Date(2026, 10, 28, 12)), turns.countAt(new Date(2026, 10, 29, 12)));
	});

	it('neither goes back nor counts twice when summer time begins or ends', async () => {
		await inZone('America/New_York', async () => {
			for (const expression of ['30 1 * * *', '30 2 * * *', '*/20 * * * *']) {
				const turns = await cronSchedule(expression);
				for (const start of [new Date(2026, 2, 7, 12), new Date(2026, 9, 31, 12)]) {
					const first = turns.countAt(start);
					let last = first;
					for (let at = start.getTime(); at < start.getTime() + 48 * hour; at += 300_000) {
						const now = turns.countAt(new Date(at));
						assert.ok(now >= last, `${expression} went back at ${new Date(at).toString()}`);
						assert.ok(turns.nextAfter(new Date(at)).getTime() > at);
						last = now;
					}
					if (!expression.startsWith('*')) assert.equal(last - first, 2);
				}
			}
		});
	});

	it('changes at no time but those that it says, so that a window that has been open agrees with one that opens', async () => {
		const zones = ['America/New_York', 'Africa/Cairo', 'America/Havana', 'Australia/Lord_Howe', 'America/Santiago'];
		for (const zone of zones) {
			await inZone(zone, async () => {
				const schedules = await Promise.all(['30 2 * * *', '15 0,1 * * *', '*/20 * * * *'].map(cronSchedule));
				for (const schedule of [dailySchedule, ...schedules]) {
					// Every day on which the clock is set, in any of these zones.
					for (let day = new Date(2026, 0, 1); day.getFullYear() === 2026; day = dailySchedule.nextAfter(day)) {
						const tomorrow = dailySchedule.nextAfter(day);
						if (tomorrow.getTime() - day.getTime() === 24 * hour) continue;
						let at = new Date(day.getTime() - hour);
						while (at < tomorrow) {
							const next = schedule.nextAfter(at);
							const count = schedule.countAt(at);
							for (let ms = at.getTime(); ms < next.getTime(); ms += 300_000) {
								assert.equal(schedule.countAt(new Date(ms)), count, `${zone}: ${new Date(ms).toString()}`);
							}
							at = next;
						}
					}
				}
			});
		}
	});

	it('counts nothing for a day that never comes', async () => {
		const turns = await cronSchedule('0 0 30 2 *');
		assert.equal(turns.countAt(new Date(2027, 5, 1)), 0);
	});

	it('refuses what is not an expression of five fields', async () => {
		for (const bad of ['', 'daily', '61 * * * *', '* * * *', '* * * * * *', 'a b c d e', '0 0 32 * *']) {
			await assert.rejects(cronSchedule(bad), Error, bad);
		}
	});

	it('counts at local midnight if it is daily', async () => {
		await inZone('Asia/Ho_Chi_Minh', () => {
			const evening = new Date(2026, 10, 24, 23, 59, 59);
			assert.deepEqual(dailySchedule.nextAfter(evening), new Date(2026, 10, 25));
			assert.equal(dailySchedule.countAt(new Date(2026, 10, 25)) - dailySchedule.countAt(evening), 1);
			return Promise.resolve();
		});
	});
});
