import { createService, systemClock, type Fault, type ProjectOptions } from '../simulator/service';
import { english, type Wording } from '../simulator/answer/wording';
import { simulatedId, simulatedSecret } from './names';

/** The simulated keys, and the service that answers them. Loaded only in simulator mode. */
export interface Fixtures {
	/** The keyring's records, by name in the store. */
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
/** More than anyone uses up by trying things. */
const wide = { rpm: 300, tpm: 1_000_000, rpd: 5_000 };

/** The first project's minute and the second project's day are always used up. */
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
/** The project of each key, in order: the first question meets a used-up minute, a used-up day, and then a key that works. */
const keys = ['1', '2', '3', '3'];

/** @param wording the texts of the answers. */
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
