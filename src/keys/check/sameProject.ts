import { projectNumberIn, type Key, type KeyId, type ProjectId } from '../../pool/pool';
import type { CheckOutcome } from './check';
import type { Keyring, Keys } from '../keyring/keyring';

/** A key whose project the service named, and which has a project of its own here although another key is of the same. */
export interface SharedProjectMatch {
	readonly key: Key;
	readonly with: Key;
	readonly project: ProjectId;
}

/** Keeps the project numbers that the service named, whatever else it said. */
export async function learnProjects(outcomes: ReadonlyMap<KeyId, CheckOutcome>, keyring: Keyring): Promise<void> {
	for (const [id, outcome] of outcomes) {
		const number = numberIn(outcome);
		if (number !== undefined) await learnProject(id, number, keyring);
	}
}

/** Keeps the project number that the service named for a key. Resolves to whether it is news. */
export async function learnProject(id: KeyId, number: string, keyring: Keyring): Promise<boolean> {
	const { keys, projects } = keyring.list();
	const project = projects.find((one) => one.id === keys.find((key) => key.id === id)?.project);
	if (!project || project.number === number) return false;
	await keyring.updateProject(project.id, { number });
	return true;
}

function numberIn(outcome: CheckOutcome): string | undefined {
	if (outcome.type === 'refused') return projectNumberIn(outcome.failure.action);
	return outcome.type === 'undecided' ? outcome.consumer : undefined;
}

/** Keys apart that the service itself has said to be of one project; nothing else is evidence. */
export function sharedProjectMatches({ keys, projects }: Keys, among: readonly KeyId[]): readonly SharedProjectMatch[] {
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
