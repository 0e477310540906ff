import * as vscode from 'vscode';
import { inOneText } from '../../localization/words';
import { isForChat } from '../../gemini/request/forChat';
import { Failure } from '../../pool/pool';
import { pickOne, type PickItem } from '../../ui/quickPick';
import { WordedError } from '../../webviews/messages';
import type { Wording } from '../model/wording';
import type { ModelListCache } from './modelListCache';

/** The default of the settings is a choice of its own: it follows them when they change. */
export type ModelChoice = { readonly type: 'default' } | { readonly type: 'model'; readonly id: string };

export interface ModelPick {
	readonly title: string;
	readonly placeHolder: string;
	/** The setting's model, where it can be chosen. */
	readonly byDefault?: string;
	readonly current?: string;
	/** The model that is waited for: another one is wanted. */
	readonly except?: string | undefined;
}

type Item = PickItem & { readonly choice: ModelChoice };

/** Lets a person choose among the service's models that answer a chat; undefined when they choose none. Throws `WordedError` where it tells none. */
export async function pickModel(
	catalogue: ModelListCache,
	pick: ModelPick,
	signal: AbortSignal,
	{ describeReason }: Pick<Wording, 'describeReason'>,
): Promise<ModelChoice | undefined> {
	const { title, placeHolder } = pick;
	try {
		const chosen = await pickOne(items(catalogue, pick, signal), {
			title,
			placeHolder,
			matchOnDescription: true,
		});
		if (signal.aborted || chosen === undefined) return undefined;
		// VS Code gives the keyboard to the editor behind a list: the next question would be typed into a file.
		await vscode.commands.executeCommand('keypool.chat.focus');
		return chosen.choice;
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		throw new WordedError(inOneText(describeReason(error.action.reason)), { cause: error });
	}
}

async function items(
	catalogue: ModelListCache,
	{ byDefault, current, except }: ModelPick,
	signal: AbortSignal,
): Promise<readonly Item[]> {
	const models = (await catalogue.read(signal)).filter(({ id }) => id !== except && isForChat(id));
	const count = new Intl.NumberFormat([vscode.env.language, 'en']);
	const offered = models.map(({ id, label, inputLimit }): Item => ({
		label,
		isCurrent: id === current,
		description: id,
		...(inputLimit !== undefined && {
			detail: vscode.l10n.t('accepts up to {0} tokens', count.format(inputLimit)),
		}),
		choice: { type: 'model', id },
	}));
	return byDefault === undefined
		? offered
		: [
				{
					label: vscode.l10n.t('As in the settings'),
					description: byDefault,
					isCurrent: current === undefined,
					choice: { type: 'default' },
				},
				...offered,
			];
}
