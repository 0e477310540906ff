import { createService, systemClock, type Fault, type ProjectOptions } from '../simulator/service';
import { english, type Wording } from '../simulator/answer/wording';
import { simulatedId, simulatedSecret } from './names';

/** What is read only where the simulator is tried: who plays, and the service that answers them. */
export interface Fixtures {
	/** The keyring's entries, by name. */
	readonly entries: Readonly<Record<string, string>>;
	readonly fetch: typeof globalThis.fetch;
}

export interface FixtureNames {
	/** The label of the nth key; says that it is simulated. */
	readonly key: (n: number) => string;
	/** The label of the project that two of them share. */
	readonly project: string;
}

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';
/** Wide enough that nobody runs dry by trying things out. */
const wide = { rpm: 300, tpm: 1_000_000, rpd: 5_000 };

/** Somebody else takes every minute of the first project, and has taken the day of the second. */
const projects: readonly ProjectOptions[] = [
	{ id: '1', tier: 'free', quotas: { [flash]: { rpm: 5, tpm: 250_000, rpd: 500 }, [lite]: wide } },
	{
		id: '2',
		tier: 'free',
		quotas: { [flash]: { rpm: 5, tpm: 250_000, rpd: 20 }, [lite]: wide },
		spentToday: { [flash]: 20 },
	},
	{ id: '3', tier: 'paid', quotas: { [flash]: wide, [lite]: wide } },
];
const minuteTaken: readonly Fault[] = [{ when: 'always', model: flash, kind: 'error', body: '429_rpm_free' }];
/** Which project each key is of, in order: so the first question meets a minute and a day that are used up, and a good key. */
const keys = ['1', '2', '3', '3'];

/** @param wording what the service answers. */
export function createFixtures(names: FixtureNames, wording: Wording = english): Fixtures {
	const service = createService({
		clock: systemClock,
		chance: Math.random,
		wording,
		projects,
		keys: keys.map((project, index) => ({
			secret: secretOf(index),
			project,
			...(project === '1' && { faults: minuteTaken }),
		})),
	});
	const entries = keys.flatMap((project, index) => {
		const id = `${simulatedId}${index + 1}`;
		const meta = { v: 1, label: names.key(index + 1), project: projectOf(project), rank: String(index + 1) };
		return [
			[`meta.${id}`, JSON.stringify(meta)],
			[`key.${id}`, secretOf(index)],
		] as const;
	});
	const shared = JSON.stringify({ v: 1, tier: 'paid', label: names.project });
	return {
		entries: Object.fromEntries([[`project.${projectOf('3')}`, shared], ...entries]),
		fetch: (input, init) => service.fetch(input, init),
	};
}

function secretOf(index: number): string {
	return `${simulatedSecret}${index + 1}`;
}

function projectOf(id: string): string {
	return `${simulatedId}project-${id}`;
}
