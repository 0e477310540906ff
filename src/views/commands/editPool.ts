import { modelNameIn } from '../../gemini/request/address';
import { isForChat } from '../../gemini/request/forChat';
import { strategyNames, type Snapshot } from '../../pool/pool';
import { askText } from '../../ui/inputBox';
import { showWarning } from '../../ui/messages';
import { withViewProgress } from '../../ui/progress';
import { createPick, type PickItem } from '../../ui/quickPick';
import type { Words } from '../../localization/words';
import type { Filter } from '../shared/filter';
import type { KeyOperations } from './keyOperations';
import { choose, type Choice } from './prompts';

/** What a command on the whole pool works with. */
export interface EditPool {
	readonly snapshot: Snapshot;
	readonly words: Words;
	readonly acts: KeyOperations;
}

export async function chooseStrategy({ snapshot, words, acts }: EditPool): Promise<void> {
	const choices = strategyNames.map((name) => ({
		label: words.describeStrategy(name),
		description: name,
		value: name,
	}));
	const chosen = await choose<string>(words.t('Which key takes the next question?'), choices, snapshot.strategy);
	if (chosen) await acts.set('strategy', chosen.value);
}

/** ms. A list that comes later is of no use: the models that are known are offered alone. */
const listLimitMs = 5_000;
/** As many as the setting takes. */
const maxFallbacks = 10;

/** Offers what the service has; where nobody can ask it, what has been used, and any other name. */
export async function chooseModel(edit: EditPool): Promise<void> {
	const { snapshot, words, acts } = edit;
	const { t } = words;
	const choices = async (): Promise<readonly Choice<string | undefined>[]> => [
		...(await modelNames(edit, [snapshot.model])).map((name) => ({ label: name, value: name })),
		{ label: t('Another model…'), alwaysShow: true, value: undefined },
	];
	const chosen = await choose(t('Which model answers?'), choices(), snapshot.model);
	if (!chosen) return;
	const model = chosen.value ?? (await askModel(t('Which model answers?'), words));
	if (model !== undefined) await acts.set('model', model);
}

/** What is chosen stays in its order; what is added comes after it. */
export async function chooseFallbackModels(edit: EditPool): Promise<void> {
	const { snapshot, words, acts } = edit;
	const { t } = words;
	const current = acts.fallbackModels();
	const chosen = await pickInOrder(modelNames(edit, current, snapshot.model), current, words);
	if (!chosen) return;
	const other = chosen.another && (await askModel(t('Which model may answer too?'), words));
	const models = other === undefined || other === false ? chosen.models : [...new Set([...chosen.models, other])];
	if (models.length > maxFallbacks) {
		void showWarning(t('At most {0} models: the first ones are kept.', maxFallbacks));
	}
	await acts.set('fallbackModels', models.slice(0, maxFallbacks));
}

/** `first`, then what the service offers, then what has been used: of both what answers a chat, and is not `except`. */
async function modelNames(
	{ snapshot, acts }: EditPool,
	first: readonly string[],
	except?: string,
): Promise<readonly string[]> {
	const used = snapshot.keys.flatMap(({ models }) => models.map(({ model }) => model));
	const offered = await withViewProgress('keypool.keys', async () => {
		try {
			return await acts.models(AbortSignal.timeout(listLimitMs));
		} catch {
			return [];
		}
	});
	return [...new Set([...first, ...[...offered, ...used].filter((name) => name !== except && isForChat(name))])];
}

/** A list of which several can be chosen; its title tells the order, which is that of choosing. Undefined when closed. */
function pickInOrder(
	names: Promise<readonly string[]>,
	current: readonly string[],
	{ t }: Words,
): Promise<{ readonly models: readonly string[]; readonly another: boolean } | undefined> {
	type Item = PickItem & { readonly model?: string };
	const { pick, setItems, setTitle, show } = createPick<Item>(t('Choose models in the order in which they are asked'));
	let models = current;
	const tell = (): void =>
		setTitle(
			models.length === 0
				? t('No other model may answer')
				: t('These may answer instead, in this order: {0}', models.join(', ')),
		);
	pick.canSelectMany = true;
	pick.busy = true;
	void names.then((known) => {
		const shown = setItems([
			...known.map((model) => ({ label: model, model })),
			{ label: t('Another model…'), alwaysShow: true },
		]);
		pick.selectedItems = shown.filter(({ item: { model } }) => model !== undefined && current.includes(model));
		pick.busy = false;
	});
	tell();
	pick.onDidChangeSelection((selected) => {
		const chosen = selected.map(({ item }) => item.model).filter((model) => model !== undefined);
		models = [...models.filter((name) => chosen.includes(name)), ...chosen.filter((name) => !models.includes(name))];
		tell();
	});
	return show(() =>
		pick.busy ? undefined : { models, another: pick.selectedItems.some(({ item }) => item.model === undefined) },
	);
}

async function askModel(title: string, { t }: Words): Promise<string | undefined> {
	const text = await askText({
		title,
		prompt: t('A name as Google writes it, for instance gemini-3.8-flash.'),
		problem: (typed) =>
			modelNameIn(typed) === undefined ? t('Use only letters, digits, dots and hyphens.') : undefined,
	});
	return text?.trim();
}

/** Undefined when closed: the filter stays as it is. */
export function chooseFilter(current: Filter, { t }: Words): Promise<Filter | undefined> {
	type Item = PickItem & { readonly filter: Filter };
	const fixed: readonly Item[] = [
		{ label: t('All keys'), filter: { type: 'none' } },
		{ label: t('Usable'), filter: { type: 'state', state: 'usable' } },
		{ label: t('Resting'), filter: { type: 'state', state: 'coolingDown' } },
		{ label: t('Need attention'), filter: { type: 'state', state: 'attention' } },
		{ label: t('Disabled'), filter: { type: 'state', state: 'disabled' } },
	];
	const { pick, setItems, setTitle, show } = createPick<Item>(t('Choose a state, or type a part of a name'));
	setTitle(t('Which keys are shown?'));
	const offerFor = (text: string): void => {
		const named: Item = {
			label: t('Name contains “{0}”', text.trim()),
			filter: { type: 'text', text: text.trim() },
			alwaysShow: true,
		};
		setItems(text.trim() === '' ? fixed : [named, ...fixed]);
	};
	if (current.type === 'text') pick.value = current.text;
	offerFor(pick.value);
	pick.onDidChangeValue(offerFor);
	return show(() => pick.activeItems[0]?.item.filter);
}
