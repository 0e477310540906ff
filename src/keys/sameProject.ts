import type { Key, KeyId, ProjectId } from '../pool/pool';
import type { CheckOutcome } from './check';
import type { Keyring, Keys } from './keyring';

/** A key whose project the service named, and which has a project of its own here although another key is of the same. */
export interface Twin {
	readonly key: Key;
	readonly with: Key;
	readonly project: ProjectId;
}

/** Keeps the project numbers that the service named in its refusals. */
export async function learnProjects(outcomes: ReadonlyMap<KeyId, CheckOutcome>, keyring: Keyring): Promise<void> {
	for (const [id, outcome] of outcomes) {
		const number = outcome.is === 'refused' ? numberIn(outcome) : undefined;
		const { keys, projects } = keyring.list();
		const project = projects.find((one) => one.id === keys.find((key) => key.id === id)?.project);
		if (number !== undefined && project && project.number !== number) {
			await keyring.updateProject(project.id, { number });
		}
	}
}

/** Keys apart that the service itself has said to be of one project; nothing else is evidence. */
export function twinsIn({ keys, projects }: Keys, among: readonly KeyId[]): readonly Twin[] {
	const numbers = new Map(projects.map(({ id, number }) => [id, number]));
	return keys
		.filter(({ id }) => among.includes(id))
		.flatMap((key) => {
			const number = numbers.get(key.project);
			const other = keys.find(
				(one) => number !== undefined && one.project !== key.project && numbers.get(one.project) === number,
			);
			// Of two new ones the later goes to the earlier.
			const isLater = other && (!among.includes(other.id) || keys.indexOf(other) < keys.indexOf(key));
			return isLater ? [{ key, with: other, project: other.project }] : [];
		});
}

function numberIn({ failure: { verdict } }: Extract<CheckOutcome, { is: 'refused' }>): string | undefined {
	return verdict.act === 'bench' ? verdict.consumer : undefined;
}
