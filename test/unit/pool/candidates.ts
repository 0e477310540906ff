import { bucketId, type Key, type KeyId, type KeyRecord, type ProjectId } from '../../../src/pool/pool';
import { freshKeyRecord } from '../../../src/pool/keyRecord';
import { turnsOf, type Candidate } from '../../../src/pool/strategies/strategy';

export interface CandidatePlan extends Partial<Pick<Key, 'weight' | 'role'>> {
	readonly headroom?: number;
	readonly record?: Partial<KeyRecord>;
}

/** Candidates for a strategy, named and ordered as given. */
export function candidates(plans: Readonly<Record<string, CandidatePlan>>): readonly Candidate[] {
	return Object.entries(plans).map(([name, { headroom = 1, record, weight = 1, role = 'primary' }], index) => {
		const project = `p-${name}` as ProjectId;
		const id = name as KeyId;
		const key: Key = {
			id,
			project,
			label: name,
			mask: name,
			rank: String(index).padStart(4, '0'),
			role,
			weight,
			enabled: true,
		};
		return {
			index,
			key,
			weight: turnsOf(key),
			project: { id: project, tier: 'free' },
			bucketId: bucketId(project, 'm'),
			record: { ...freshKeyRecord, ...record },
			headroom,
			lastUsed: record?.lastUsed ?? 0,
			score: record?.score ?? freshKeyRecord.score,
		};
	});
}

export function names(from: readonly Candidate[]): string {
	return from.map(({ key }) => key.id).join(' ');
}
