import * as vscode from 'vscode';
import { strategyNames, type Snapshot } from '../pool/pool';
import type { Words } from '../words';
import type { Filter } from './filter';
import type { KeyActs } from './keyActs';
import { choose, type Choice } from './prompts';

/** What a command on the whole pool works with. */
export interface EditPool {
	readonly snapshot: Snapshot;
	readonly words: Words;
	readonly acts: KeyActs;
}

export async function chooseStrategy({ snapshot, words, acts }: EditPool): Promise<void> {
	const choices = strategyNames.map((name) => ({ label: words.sayStrategy(name), description: name, value: name }));
	const chosen = await choose<string>(words.t('Which key takes the next question?'), choices, snapshot.strategy);
	if (chosen) await acts.set('strategy', chosen.value);
}

/** ms. A list that comes later is of no use: the models that are known are offered alone. */
const listLimitMs = 5_000;

/** Offers what the service has; where nobody can ask it, what has been used, and any other name. */
export async function chooseModel({ snapshot, words, acts }: EditPool): Promise<void> {
	const { t } = words;
	const used = snapshot.keys.flatMap(({ models }) => models.map(({ model }) => model));
	const offered = await vscode.window.withProgress({ location: { viewId: 'keypool.keys' } }, async () => {
		try {
			return await acts.models(AbortSignal.timeout(listLimitMs));
		} catch {
			return [];
		}
	});
	const names = [...new Set([snapshot.model, ...offered, ...used])];
	const choices: readonly Choice<string | undefined>[] = [
		...names.map((name) => ({ label: name, value: name })),
		{ label: t('Another model…'), value: undefined },
	];
	const chosen = await choose(t('Which model answers?'), choices, snapshot.model);
	if (!chosen) return;
	const model = chosen.value ?? (await askModel(words));
	if (model !== undefined) await acts.set('model', model);
}

async function askModel({ t }: Words): Promise<string | undefined> {
	const text = await vscode.window.showInputBox({
		title: t('Which model answers?'),
		prompt: t('A name as Google writes it, for instance gemini-3.8-flash.'),
		validateInput: (typed) =>
			/^\s*(models\/)?[\w.-]{1,100}\s*$/.test(typed)
				? undefined
				: t('A name has letters, digits, points and hyphens only.'),
	});
	return text?.trim();
}

/** Undefined when closed: the filter stays as it is. */
export function chooseFilter(current: Filter, { t }: Words): Promise<Filter | undefined> {
	type Item = vscode.QuickPickItem & { readonly filter: Filter };
	const fixed: readonly Item[] = [
		{ label: t('All keys'), filter: { by: 'none' } },
		{ label: t('Usable'), filter: { by: 'state', state: 'usable' } },
		{ label: t('Resting'), filter: { by: 'state', state: 'resting' } },
		{ label: t('Need attention'), filter: { by: 'state', state: 'attention' } },
		{ label: t('Disabled'), filter: { by: 'state', state: 'disabled' } },
	];
	const pick = vscode.window.createQuickPick<Item>();
	pick.title = t('Which keys are shown?');
	pick.placeholder = t('Choose a state, or type a part of a name');
	const offer = (text: string): void => {
		const named: Item = {
			label: t('Name contains “{0}”', text.trim()),
			filter: { by: 'text', text: text.trim() },
			alwaysShow: true,
		};
		pick.items = text.trim() === '' ? fixed : [named, ...fixed];
	};
	if (current.by === 'text') pick.value = current.text;
	offer(pick.value);
	return new Promise((resolve) => {
		pick.onDidChangeValue(offer);
		pick.onDidAccept(() => {
			resolve(pick.activeItems[0]?.filter);
			pick.hide();
		});
		pick.onDidHide(() => {
			resolve(undefined);
			pick.dispose();
		});
		pick.show();
	});
}
