import type { Key, KeyView, Project, Snapshot } from '../../pool/pool';
import { askText } from '../../ui/inputBox';
import type { Words } from '../../localization/words';
import type { KeyOperations } from './keyOperations';
import { labelProblem, nameOf } from '../../keys/commands/labelProblem';
import { askNumber, choose, type Choice } from './prompts';
import { tierInWords } from '../shared/rowPresentation';

/** What a command on a key works with. */
export interface EditKey {
	readonly view: KeyView;
	readonly snapshot: Snapshot;
	readonly words: Words;
	readonly acts: KeyOperations;
}

export async function rename({ view: { key }, snapshot, words: { t }, acts }: EditKey): Promise<void> {
	const others = snapshot.keys.flatMap((other) => (other.key.id === key.id ? [] : [other.key.label]));
	const label = await askText({
		title: t('Rename {0}', key.label),
		prompt: t('The name appears in views, answers and the log.'),
		value: key.label,
		problem: (text) => labelProblem(text, others, t),
	});
	if (label !== undefined && nameOf(label) !== key.label) await acts.update(key.id, { label: nameOf(label) });
}

export async function setRole({ view: { key }, words: { t }, acts }: EditKey): Promise<void> {
	const roles: readonly Choice<Key['role']>[] = [
		{ label: t('Primary'), detail: t('Used while it works.'), value: 'primary' },
		{
			label: t('Backup'),
			detail: t('Under the strategy “primary keys first” it is used only while no primary key can answer.'),
			value: 'backup',
		},
	];
	const chosen = await choose(t('Role of {0}', key.label), roles, key.role);
	if (chosen) await acts.update(key.id, { role: chosen.value });
}

export async function setWeight({ view: { key }, words, acts }: EditKey): Promise<void> {
	const { t } = words;
	const title = t('Weight of {0}', key.label);
	const prompt = t(
		'Its share under the strategy “in turn by weight”: a key with 5 gets five turns for each turn of a key with 1; with 0, it gets none.',
	);
	const range = { least: 0, most: 1_000, whole: false };
	const given = await askNumber(title, prompt, key.weight, range, words);
	if (given) await acts.update(key.id, { weight: given.number ?? 1 });
}

/** Puts the key into the project of another one, or into one of its own. */
export async function setProject({ view, snapshot, words, acts }: EditKey): Promise<void> {
	const { t } = words;
	const { key } = view;
	const projects = new Map(snapshot.keys.map(({ project }) => [project.id, project]));
	const shared = snapshot.keys.some((other) => other.key.id !== key.id && other.project.id === view.project.id);
	const current = shared ? view.project.id : 'own';
	if (!shared) projects.delete(view.project.id);
	const own = { label: (!shared && view.project.label) || t('A project of its own'), value: 'own' as const };
	const others = [...projects.values()].map((project) => ({
		label: projectName(project, snapshot, words),
		description: tierInWords(project.tier, words),
		value: project.id,
	}));
	const title = t('Project of {0}: keys of one project share one quota', key.label);
	const chosen = await choose<Project['id'] | 'own'>(title, [own, ...others], current);
	if (!chosen || chosen.value === current) return;
	if (chosen.value !== 'own' && !shared) {
		// Google's word counts.
		if (view.revoked) await acts.updateProject(view.project.id, { tier: 'free' });
		return acts.join(key, chosen.value);
	}
	// Nobody has said that it costs nothing there.
	if (chosen.value === 'own') return void (await acts.takeOut(key.id, view.project.tier));
	await acts.update(key.id, { project: chosen.value });
}

/** Its label, or those of its keys. */
export function projectName(project: Project, snapshot: Snapshot, { t }: Words): string {
	return project.label ?? t('Project of {0}', keysOf(project, snapshot));
}

/** The same within a sentence. */
export function projectInTitle(project: Project, snapshot: Snapshot, { t }: Words): string {
	return project.label ?? t('the project of {0}', keysOf(project, snapshot));
}

function keysOf({ id }: Project, { keys }: Snapshot): string {
	const labels = keys.filter(({ project }) => project.id === id).map(({ key }) => key.label);
	const shown = labels.slice(0, 3).join(', ');
	return labels.length > 3 ? `${shown}, …` : shown;
}
