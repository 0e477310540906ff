import { projectNumberIn, type Key, type KeyId, type Project, type ProjectId } from '../../pool/pool';
import type { CheckOutcome } from './check';
import type { Keyring, Keys, ProjectPatch } from '../keyring/keyring';

/** A key with a project of its own here, although the service named the same project number for another key. */
export interface SharedProjectMatch {
	readonly key: Key;
	readonly with: Key;
	readonly project: ProjectId;
}

/** Stores the project numbers that the service named, whatever else a check found. */
export async function learnProjects(outcomes: ReadonlyMap<KeyId, CheckOutcome>, keyring: Keyring): Promise<void> {
	for (const [id, outcome] of outcomes) {
		const number = numberIn(outcome);
		if (number !== undefined) await learnProject(id, number, keyring);
	}
}

/** Stores the project number that the service named for a key. Resolves to whether it is new. */
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

/** Keys in different projects here for which the service named the same project number; nothing else is evidence. */
export function sharedProjectMatches({ keys, projects }: Keys, among: readonly KeyId[]): readonly SharedProjectMatch[] {
	const numbers = new Map(projects.map(({ id, number }) => [id, number]));
	return keys
		.filter(({ id }) => among.includes(id))
		.flatMap((key) => {
			const number = numbers.get(key.project);
			const other = keys.find(
				(one) => number !== undefined && one.project !== key.project && numbers.get(one.project) === number,
			);
			// Of two new keys, the later one joins the project of the earlier one.
			const isLater = other && (!among.includes(other.id) || keys.indexOf(other) < keys.indexOf(key));
			return isLater ? [{ key, with: other, project: other.project }] : [];
		});
}

/**
 * Puts the keys of one project together. What a person has said of either part holds for the whole, and before a key moves.
 *
 * @param isFree whether Google counts the project as free, whatever a person has said
 */
export async function joinProjects(
	matches: readonly Pick<SharedProjectMatch, 'key' | 'project'>[],
	keyring: Pick<Keyring, 'list' | 'update' | 'updateProject'>,
	isFree: (project: ProjectId) => boolean = () => false,
): Promise<void> {
	for (const { key, project } of matches) {
		const { keys, projects } = keyring.list();
		const from = keys.find(({ id }) => id === key.id)?.project;
		const [part, whole] = [from, project].map((id) => projects.find((one) => one.id === id));
		// Between the question and the answer, somebody can have removed or moved one of them.
		if (!part || !whole || part === whole) continue;
		await keyring.updateProject(project, joined(isFree(part.id) ? { ...part, tier: 'free' } : part, whole));
		await keyring.update(key.id, { project });
	}
}

/** A free tier and a budget that a project got by itself are nobody's word. */
function joined(part: Project, whole: Project): ProjectPatch {
	const own = whole.budget?.isDefault ? (part.budget ?? whole.budget) : (whole.budget ?? part.budget);
	const limits = { ...part.limits, ...whole.limits };
	return {
		tier: part.tier === 'paid' ? 'paid' : whole.tier,
		label: whole.label ?? part.label,
		account: whole.account ?? part.account,
		dailyCap: whole.dailyCap ?? part.dailyCap,
		budget: own,
		...(Object.keys(limits).length > 0 && { limits }),
	};
}
