import { Crowd, secrets } from '../../support/store/crowd';
import { sampleOf } from '../measure';
import type { Figure, Row } from '../row';

/** 16:00 in Los Angeles. */
const start = Date.UTC(2026, 10, 25, 0);
const quota = { rpm: 6, rpd: 1_000 };
const day = 24 * 3_600_000;

export const row: Row = {
	name: 'windows',
	what:
		'Two to four windows, each a process, on one store in a SQLite file. Their wall clocks are up to two minutes ' +
		`apart, and they are killed at random and restarted. ${secrets.length} projects of ${quota.rpm} requests a ` +
		'minute get more requests than they allow. Over-admissions are calls that the service refuses. One window meets ' +
		'a signal that pauses the pool. Virtual time in steps of 100 ms.',
	run: async ({ quick }) => {
		const figures: Figure[] = [];
		for (const windows of [2, 3, 4]) {
			const seeds = quick ? [1] : [1, 2, 3];
			const runs: Run[] = [];
			for (const seed of seeds) runs.push(await together(windows, seed, quick ? 20_000 : 150_000));
			const figure = (of: string, unit: string, values: readonly number[], atMost?: number): Figure => ({
				of: `${windows} windows: ${of}`,
				unit,
				...sampleOf(values),
				...(atMost !== undefined && { goal: { atMost } }),
			});
			const worst = (of: (run: Run) => number): readonly number[] => [Math.max(...runs.map(of))];
			const sum = (of: (run: Run) => number): readonly number[] => [runs.reduce((total, run) => total + of(run), 0)];
			figures.push(
				figure(
					'over-admissions',
					'',
					sum(({ refused }) => refused),
					0,
				),
				figure(
					'a pause is seen by all, at worst',
					'ms',
					worst(({ seenMs }) => seenMs),
					1_000,
				),
				figure(
					'calls',
					'',
					sum(({ calls }) => calls),
				),
				figure(
					'windows killed',
					'',
					sum(({ kills }) => kills),
				),
			);
		}
		return figures;
	},
};

interface Run {
	readonly calls: number;
	readonly refused: number;
	readonly kills: number;
	/** ms from the window that met the pause to the last one that knew of it. */
	readonly seenMs: number;
}

async function together(windows: number, seed: number, ms: number): Promise<Run> {
	const crowd = new Crowd(seed, start, quota, windows);
	try {
		await crowd.open();
		await crowd.run(ms, { asksPerSecond: 1.5, killsPerMinute: 12 });
		await crowd.calm();
		const { kills } = crowd;
		const calls = crowd.calls.length;
		const refused = crowd.calls.filter(({ status }) => status !== 200).length;
		if (crowd.troubles.length > 0) throw new Error(`The ledger was in trouble: ${crowd.troubles.join(', ')}`);
		return { calls, refused, kills, seenMs: await pauseSeen(crowd) };
	} finally {
		await crowd.close();
	}
}

/** @throws Error where a window never hears of the pause */
async function pauseSeen(crowd: Crowd): Promise<number> {
	// Another day: nobody has used it up.
	crowd.sleep(day);
	crowd.leak(secrets[0]);
	for (let second = 0; second < 60; second++) {
		await crowd.run(1_000, { asksPerSecond: 5 });
		const seen = crowd.pausedAt.filter((at) => at !== undefined);
		if (seen.length === crowd.pausedAt.length) return Math.max(...seen) - Math.min(...seen);
	}
	throw new Error('A window never heard of the pause.');
}
