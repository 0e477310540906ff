import type { DailyDelay, Fault, KeyOptions, ProjectOptions, Quota, ServiceOptions } from './service';

/** A named set of projects and keys, some with faults. */
export interface Scenario {
	/** One line for people. */
	readonly description: string;
	readonly projects: readonly ProjectOptions[];
	readonly keys: readonly KeyOptions[];
	/** What people are given to type in, in this order; can hold keys that the service does not know. */
	readonly secrets: readonly string[];
	/** What the 429s of a day's quota state; absent: as the service does by default. */
	readonly dailyDelay?: DailyDelay;
}

export type ScenarioName = 'five-keys' | 'two-good' | 'all-exhausted' | 'one-leaked';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';

/** Wide enough that nobody runs dry by trying things out. */
const wide: Quota = { rpm: 300, tpm: 1_000_000, rpd: 5000 };
const good: Pick<ProjectOptions, 'tier' | 'quotas'> = { tier: 'free', quotas: { [flash]: wide, [lite]: wide } };

/** Somebody else takes every minute of this project, so that it is exhausted whenever one looks. */
const minuteTaken: readonly Fault[] = [{ when: 'always', model: flash, kind: 'error', body: '429_rpm_free' }];

const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
	'five-keys': {
		description: 'one key exhausted for the minute, one for the day, one invalid, two good',
		projects: [
			{ id: 'minute', tier: 'free', quotas: { [flash]: { rpm: 5, tpm: 250_000, rpd: 500 }, [lite]: wide } },
			dayTaken('day'),
			{ id: 'good-1', ...good },
			{ id: 'good-2', ...good },
		],
		keys: [
			{ secret: 'sim-minute', project: 'minute', faults: minuteTaken },
			{ secret: 'sim-day', project: 'day' },
			{ secret: 'sim-good-1', project: 'good-1' },
			{ secret: 'sim-good-2', project: 'good-2' },
		],
		secrets: ['sim-minute', 'sim-day', 'sim-invalid', 'sim-good-1', 'sim-good-2'],
		// The delay of the real capture, which says 38 s for a quota that is gone until midnight.
		dailyDelay: 38_909.23309,
	},
	'two-good': {
		description: 'two good keys, each in a project of its own',
		projects: [
			{ id: 'good-1', ...good },
			{ id: 'good-2', ...good },
		],
		keys: [
			{ secret: 'sim-good-1', project: 'good-1' },
			{ secret: 'sim-good-2', project: 'good-2' },
		],
		secrets: ['sim-good-1', 'sim-good-2'],
	},
	'all-exhausted': {
		description: 'three keys: one exhausted for the minute, two for the day; the small model still answers',
		projects: [{ id: 'minute', ...good }, dayTaken('day-1'), dayTaken('day-2')],
		keys: [
			{ secret: 'sim-minute', project: 'minute', faults: minuteTaken },
			{ secret: 'sim-day-1', project: 'day-1' },
			{ secret: 'sim-day-2', project: 'day-2' },
		],
		secrets: ['sim-minute', 'sim-day-1', 'sim-day-2'],
	},
	'one-leaked': {
		description: 'the first of three keys was reported as leaked',
		projects: [
			{ id: 'leaked', ...good },
			{ id: 'good-1', ...good },
			{ id: 'good-2', ...good },
		],
		keys: [
			{
				secret: 'sim-leaked',
				project: 'leaked',
				// Found out by a question, not by the check of a new key.
				faults: [{ when: 'always', on: 'generation', kind: 'error', body: '403_leaked_key' }],
			},
			{ secret: 'sim-good-1', project: 'good-1' },
			{ secret: 'sim-good-2', project: 'good-2' },
		],
		secrets: ['sim-leaked', 'sim-good-1', 'sim-good-2'],
	},
};

export const scenarioNames: readonly ScenarioName[] = Object.keys(scenarios).filter(isScenarioName);

export function isScenarioName(name: string): name is ScenarioName {
	return Object.hasOwn(scenarios, name);
}

export function scenarioOf(name: ScenarioName): Scenario {
	return scenarios[name];
}

/** What `createService` takes, out of a scenario and what a scenario leaves open. */
export function optionsOf(
	{ projects, keys, dailyDelay }: Scenario,
	rest: Omit<ServiceOptions, 'projects' | 'keys' | 'faults'>,
): ServiceOptions {
	return { projects, keys, ...(dailyDelay !== undefined && { dailyDelay }), ...rest };
}

function dayTaken(id: string): ProjectOptions {
	const quotas = { [flash]: { rpm: 5, tpm: 250_000, rpd: 20 }, [lite]: wide };
	// Spent before the current minute: only the day is gone.
	return { id, tier: 'free', quotas, spentToday: { [flash]: 20 } };
}
