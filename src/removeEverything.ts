import * as vscode from 'vscode';
import { askWarning, showError, showInformation } from './ui/messages';

/** Where Keypool keeps the user's data, without settings. */
export interface Belongings {
	readonly secrets: Pick<vscode.SecretStorage, 'keys' | 'delete'>;
	readonly workspaceState: vscode.Memento;
	readonly globalState: vscode.Memento;
	/** Folders to delete, such as the conversations of every workspace. */
	readonly folders: readonly (() => Promise<{ remove(path: string): Promise<void> }>)[];
	/** Clears what this window and others hold in memory and would write again. */
	readonly rooms: readonly (() => PromiseLike<void>)[];
	/** Erases what is known of requests: last, because a program that still has a token goes on asking. */
	readonly records: readonly (() => PromiseLike<void>)[];
	/** Receives what could not be erased. */
	readonly report: (error: unknown) => void;
}

/** Asks once, then erases keys, secrets of alerts, state and conversations, and shows whether everything is erased. */
export async function removeEverything(belongings: Belongings): Promise<void> {
	const { t } = vscode.l10n;
	const remove = t('Remove Everything');
	const detail = t(
		'This erases all keys, the secrets of alerts, tools and teams, everything known about quotas and usage, and the conversations of every folder, in every profile of this editor. Settings stay. The keys themselves stay valid at Google. This cannot be undone.',
	);
	const question = t('Remove everything that Keypool keeps here?');
	if ((await askWarning(question, detail, remove)) !== remove) return;
	if (await erased(belongings)) {
		void showInformation(t('Everything was removed.'));
	} else {
		void showError(
			t('Not everything could be removed. Unlock the system’s secret storage and try again; see the log for details.'),
		);
	}
}

/** Continues after a failure, to erase as much as possible. */
async function erased({
	secrets,
	workspaceState,
	globalState,
	folders,
	rooms,
	records,
	report,
}: Belongings): Promise<boolean> {
	let complete = true;
	const attempt = async (act: () => PromiseLike<unknown>): Promise<void> => {
		try {
			await act();
		} catch (error) {
			complete = false;
			report(error);
		}
	};
	for (const room of rooms) await attempt(room);
	await attempt(async () => {
		for (const name of await secrets.keys()) await attempt(() => secrets.delete(name));
	});
	for (const record of records) await attempt(record);
	await attempt(() => cleared(workspaceState));
	await attempt(() => cleared(globalState));
	for (const folder of folders) await attempt(async () => (await folder()).remove(''));
	return complete;
}

async function cleared(state: vscode.Memento): Promise<void> {
	await Promise.all(state.keys().map((key) => state.update(key, undefined)));
}
