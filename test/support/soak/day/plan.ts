import { flash, lite } from '../../simulator/stand';
import type { Quota } from '../../../../src/simulator/service';

export const models = [flash, lite] as const;

/** One project of the day: what it may do, and how many keys draw on it. */
export interface ProjectPlan {
	readonly id: string;
	readonly tier: 'free' | 'paid';
	readonly keys: number;
	/** By model. */
	readonly quotas: Readonly<Record<string, Quota>>;
	/** From noon on, where they change. */
	readonly afterNoon?: Readonly<Record<string, Quota>>;
}

export interface DayPlan {
	readonly projects: readonly ProjectPlan[];
	/** ms since 1970. */
	readonly begins: number;
	readonly ends: number;
	/** When the Pacific day ends, and when limits change; ms since 1970. */
	readonly midnight: number;
	readonly noon: number;
	/** A project that somebody else uses too, and how often: calls a minute of each model. */
	readonly foreign: { readonly project: string; readonly callsAMinute: number };
	/** Requests at the same time: more than all minutes' limits together can serve. */
	readonly width: number;
}

const hour = 3_600_000;
/** Midnight in Los Angeles. */
const midnight = Date.UTC(2026, 10, 25, 8);

function two(flashQuota: Quota, liteQuota: Quota): Record<string, Quota> {
	return { [flash]: flashQuota, [lite]: liteQuota };
}

/** A whole day, from six in the evening, with quotas as people have them: 5 to 1,000 RPM, 20 to 10,000 RPD. */
export const wholeDay: DayPlan = {
	begins: midnight - 6 * hour,
	ends: midnight + 18 * hour,
	midnight,
	noon: midnight + 12 * hour,
	foreign: { project: 'shared', callsAMinute: 6 },
	width: 160,
	projects: [
		{ id: 'tiny', tier: 'free', keys: 1, quotas: two({ rpm: 5, rpd: 20 }, { rpm: 15, rpd: 500 }) },
		{
			id: 'steady',
			tier: 'free',
			keys: 2,
			quotas: two({ rpm: 5, rpd: 10_000 }, { rpm: 10, rpd: 10_000 }),
			afterNoon: two({ rpm: 8, rpd: 10_000 }, { rpm: 6, rpd: 10_000 }),
		},
		{ id: 'small', tier: 'free', keys: 3, quotas: two({ rpm: 10, rpd: 250 }, { rpm: 30, rpd: 1_000 }) },
		{ id: 'tokens', tier: 'free', keys: 1, quotas: two({ rpm: 15, rpd: 1_500 }, { rpm: 60, tpm: 4_000, rpd: 10_000 }) },
		{ id: 'shared', tier: 'free', keys: 2, quotas: two({ rpm: 60, rpd: 5_000 }, { rpm: 60, rpd: 5_000 }) },
		{ id: 'medium', tier: 'free', keys: 2, quotas: two({ rpm: 100, rpd: 2_000 }, { rpm: 150, rpd: 4_000 }) },
		{
			id: 'large',
			tier: 'paid',
			keys: 1,
			quotas: two({ rpm: 300, rpd: 10_000 }, { rpm: 500, rpd: 10_000 }),
			afterNoon: two({ rpm: 200, rpd: 10_000 }, { rpm: 1_000, rpd: 10_000 }),
		},
		{ id: 'huge', tier: 'paid', keys: 2, quotas: two({ rpm: 1_000, rpd: 10_000 }, { rpm: 1_000, rpd: 10_000 }) },
	],
};

/** The same in small: three hours across the reset, so that a suite has the time for it. */
export const shortDay: DayPlan = {
	begins: midnight - hour,
	ends: midnight + 2 * hour,
	midnight,
	noon: midnight + hour,
	foreign: { project: 'shared', callsAMinute: 2 },
	width: 48,
	projects: [
		{ id: 'tiny', tier: 'free', keys: 1, quotas: two({ rpm: 5, rpd: 20 }, { rpm: 15, rpd: 100 }) },
		{
			id: 'steady',
			tier: 'free',
			keys: 2,
			quotas: two({ rpm: 5, rpd: 10_000 }, { rpm: 10, rpd: 10_000 }),
			afterNoon: two({ rpm: 6, rpd: 10_000 }, { rpm: 6, rpd: 10_000 }),
		},
		{ id: 'small', tier: 'free', keys: 3, quotas: two({ rpm: 10, rpd: 50 }, { rpm: 30, rpd: 150 }) },
		{ id: 'tokens', tier: 'free', keys: 1, quotas: two({ rpm: 15, rpd: 200 }, { rpm: 60, tpm: 4_000, rpd: 500 }) },
		{ id: 'shared', tier: 'free', keys: 2, quotas: two({ rpm: 20, rpd: 150 }, { rpm: 20, rpd: 150 }) },
		{ id: 'medium', tier: 'free', keys: 2, quotas: two({ rpm: 50, rpd: 100 }, { rpm: 60, rpd: 200 }) },
		{
			id: 'large',
			tier: 'paid',
			keys: 1,
			quotas: two({ rpm: 100, rpd: 200 }, { rpm: 200, rpd: 300 }),
			afterNoon: two({ rpm: 60, rpd: 200 }, { rpm: 300, rpd: 300 }),
		},
		{ id: 'huge', tier: 'paid', keys: 2, quotas: two({ rpm: 1_000, rpd: 300 }, { rpm: 1_000, rpd: 300 }) },
	],
};

/** The same plan a day later: the service has forgotten, who asks has not. */
export function nextDay(plan: DayPlan): DayPlan {
	const day = 24 * hour;
	return {
		...plan,
		begins: plan.begins + day,
		ends: plan.ends + day,
		midnight: plan.midnight + day,
		noon: plan.noon + day,
	};
}
