import type { Key, KeyId, ProjectId } from '../../src/pool/pool';

/** An enabled primary key of weight 1, in the order of `index`. */
export function aKey(id: string, project: string, index: number): Key {
	return {
		id: id as KeyId,
		project: project as ProjectId,
		label: id,
		mask: id,
		sortOrder: String(index).padStart(5, '0'),
		role: 'primary',
		weight: 1,
		enabled: true,
	};
}
