import { dimensions, type Dimension, type Limits, type Project, type Snapshot } from '../../pool/pool';
import type { Words } from '../../localization/words';
import { projectInTitle } from './editKey';
import type { KeyOperations } from './keyOperations';
import { askName, askNumber, choose, type Choice } from './prompts';
import { withLimit } from './withLimit';

/** What a command on a project works with. */
export interface EditProject {
	readonly project: Project;
	readonly snapshot: Snapshot;
	readonly words: Words;
	readonly acts: KeyOperations;
	/** The model of the row that the command was called on. */
	readonly model?: string;
}

/** Beyond any limit, and short enough to be read. */
const maxCount = 1e12;

export async function renameProject({ project, snapshot, words, acts }: EditProject): Promise<void> {
	const { t } = words;
	const title = t('Name {0}', projectInTitle(project, snapshot, words));
	const prompt = t('A named project is a group in the view. Leave this empty to remove the name.');
	const given = await askName(title, prompt, project.label, t);
	if (given) await acts.updateProject(project.id, { label: given.name });
}

export async function setAccount({ project, snapshot, words, acts }: EditProject): Promise<void> {
	const { t } = words;
	const known = new Set(snapshot.keys.flatMap((view) => view.project.account ?? []));
	const title = t('Billing account of {0}', projectInTitle(project, snapshot, words));
	const other: Choice<'none' | 'new' | { readonly account: string }>[] = [
		...[...known].sort((one, two) => one.localeCompare(two)).map((account) => ({ label: account, value: { account } })),
		{ label: t('Another account…'), value: 'new' },
		...(project.account === undefined ? [] : [{ label: t('No account'), value: 'none' as const }]),
	];
	const chosen = known.size === 0 ? { value: 'new' as const } : await choose(title, other);
	if (!chosen) return;
	if (chosen.value === 'none') return acts.updateProject(project.id, { account: undefined });
	if (chosen.value !== 'new') return acts.updateProject(project.id, { account: chosen.value.account });
	const prompt = t('Any name. Projects of one billing account stop together when its credits run out.');
	const given = await askName(title, prompt, project.account, t);
	if (given) await acts.updateProject(project.id, { account: given.name });
}

export async function setTier({ project, snapshot, words, acts }: EditProject): Promise<void> {
	const { t } = words;
	const tiers: readonly Choice<Project['tier']>[] = [
		{
			label: t('Free tier'),
			detail: t('Without billing. People at Google may read the prompts and answers.'),
			value: 'free',
		},
		{
			label: t('Paid tier'),
			detail: t('With billing in Google’s project. Keypool takes your word for it until Google says otherwise.'),
			value: 'paid',
		},
	];
	const chosen = await choose(t('Tier of {0}', projectInTitle(project, snapshot, words)), tiers, project.tier);
	if (chosen) await acts.updateProject(project.id, { tier: chosen.value });
}

/** The user's own limits of one model. They hold instead of what Keypool learns, as long as the service bears them. */
export async function setLimits(edit: EditProject): Promise<void> {
	const { project, snapshot, words, acts } = edit;
	const { t, describeCount } = words;
	const name = projectInTitle(project, snapshot, words);
	const model = edit.model ?? (await chooseModel(edit));
	if (model === undefined) return;
	const own: Limits = project.limits?.[model] ?? {};
	const preset: Limits = project.presetLimits?.[model] ?? {};
	const limitUsage = modelOf(edit, model)?.limitUsage ?? {};
	const choices = dimensions.map((dimension): Choice<Dimension> => {
		const description = limitInWords(own[dimension], preset[dimension], limitUsage[dimension]?.limit, words);
		return { label: dimensionInWords(dimension, words), description, value: dimension };
	});
	const chosen = await choose(t('Limits of {0} on {1}', name, model), choices);
	if (!chosen) return;
	const title = t('{0} of {1} on {2}', dimensionInWords(chosen.value, words), name, model);
	const ofSettings = preset[chosen.value];
	const prompt =
		ofSettings === undefined
			? t('Leave it empty to let Keypool learn the limit from the service.')
			: t('Leave it empty to take the limit of the settings: {0}.', describeCount(ofSettings));
	const range = { least: 0, most: maxCount, whole: true };
	const given = await askNumber(title, prompt, own[chosen.value], range, words);
	if (given)
		await acts.updateProject(project.id, ({ limits }) => ({
			limits: withLimit(limits, model, chosen.value, given.number),
		}));
}

export async function setDailyCap({ project, snapshot, words, acts }: EditProject): Promise<void> {
	const { t, describeCount } = words;
	const { requests, tokens } = project.dailyCap ?? {};
	const say = (cap: number | undefined): string => (cap === undefined ? t('no cap') : describeCount(cap));
	const name = projectInTitle(project, snapshot, words);
	const choices: readonly Choice<'requests' | 'tokens'>[] = [
		{ label: t('Requests a day'), description: say(requests), value: 'requests' },
		{ label: t('Tokens a day'), description: say(tokens), value: 'tokens' },
	];
	const chosen = await choose(t('Daily cap of {0}, over all models', name), choices);
	if (!chosen) return;
	const what = chosen.value === 'requests' ? t('Requests a day') : t('Tokens a day');
	const title = t('{0} of {1}, over all models', what, name);
	const prompt = t(
		'The most that you allow in a day, counted from midnight Pacific time. Answers count, and so does what was used today already. Empty: no cap.',
	);
	const range = { least: 0, most: maxCount, whole: true };
	const given = await askNumber(title, prompt, project.dailyCap?.[chosen.value], range, words);
	if (!given) return;
	await acts.updateProject(project.id, ({ dailyCap }) => {
		const { [chosen.value]: before, ...rest } = dailyCap ?? {};
		const cap = given.number === undefined ? rest : { ...rest, [chosen.value]: given.number };
		return { dailyCap: Object.keys(cap).length > 0 ? cap : undefined };
	});
}

function modelOf({ project, snapshot }: EditProject, model: string) {
	const view = snapshot.keys.find((key) => key.project.id === project.id);
	return view?.models.find((one) => one.model === model);
}

async function chooseModel({ project, snapshot, words }: EditProject): Promise<string | undefined> {
	const used = snapshot.keys.find((key) => key.project.id === project.id)?.models.map(({ model }) => model) ?? [];
	const names = [...new Set([snapshot.model, ...used, ...Object.keys({ ...project.limits, ...project.presetLimits })])];
	const title = words.t('Limits of {0}: which model?', projectInTitle(project, snapshot, words));
	if (names.length === 1) return names[0];
	return (
		await choose(
			title,
			names.map((name) => ({ label: name, value: name })),
		)
	)?.value;
}

/** Which limit holds, and where it comes from. */
function limitInWords(
	own: number | undefined,
	preset: number | undefined,
	learnt: number | undefined,
	{ t, describeCount }: Words,
): string {
	if (own !== undefined && preset !== undefined)
		return t('{0} (your limit; {1} in the settings does not count)', describeCount(own), describeCount(preset));
	if (own !== undefined) return t('{0} (your limit)', describeCount(own));
	if (preset !== undefined) return t('{0} (from the settings)', describeCount(preset));
	return learnt === undefined ? t('not known') : t('{0}, learnt', describeCount(learnt));
}

function dimensionInWords(dimension: Dimension, { t }: Words): string {
	switch (dimension) {
		case 'rpm':
			return t('Requests a minute');
		case 'tpm':
			return t('Input tokens a minute');
		case 'rpd':
			return t('Requests a day');
		case 'tpd':
			return t('Input tokens a day');
	}
}
