import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { KeyId, KeyView, ProjectId } from '../pool/pool';
import type { Words } from '../words';
import { labelProblem } from './label';
import type { PoolView } from './poolView';

/** What the commands on a row do; handed in, because views look and never act by themselves. */
export interface KeyActs {
	/** Asks the service about the key now, whatever its next re-check. */
	recheck(key: KeyId): Promise<void>;
	/** Ends the rest of all buckets of the project. */
	clearRest(project: ProjectId): Promise<void>;
	resume(): Promise<void>;
	setEnabled(key: KeyId, enabled: boolean): Promise<void>;
	rename(key: KeyId, label: string): Promise<void>;
	showLog(): void;
	/** Words a failure of one of the above, and logs it. */
	failed(error: unknown): void;
}

/** Registers the commands of the keys tree that change a key's state. `keyOf` finds the key of a tree row. */
export function registerKeyActions(
	pool: PoolView,
	words: Words,
	acts: KeyActs,
	keyOf: (row: unknown) => KeyView | undefined,
): Disposable {
	const store = new DisposableStore();
	const { t } = words;

	const command = (id: string, run: () => Thenable<unknown>) =>
		store.add(vscode.commands.registerCommand(id, () => settled(run)));
	const keyCommand = (id: string, run: (view: KeyView) => Thenable<void>) =>
		store.add(
			vscode.commands.registerCommand(id, (row?: unknown) =>
				settled(async () => {
					const view = keyOf(row) ?? (await pickKey(pool, words));
					if (view) await run(view);
				}),
			),
		);
	const settled = async (run: () => Thenable<unknown>) => {
		try {
			await run();
		} catch (error) {
			acts.failed(error);
		}
	};

	keyCommand('keypool.recheckKey', ({ key }) => inView(() => acts.recheck(key.id)));
	keyCommand('keypool.clearRest', ({ project }) => inView(() => acts.clearRest(project.id)));
	keyCommand('keypool.toggleKey', ({ key }) => acts.setEnabled(key.id, !key.enabled));
	keyCommand('keypool.renameKey', async ({ key }) => {
		const others = pool.snapshot().keys.flatMap((other) => (other.key.id === key.id ? [] : [other.key.label]));
		const label = await vscode.window.showInputBox({
			title: t('Rename {0}', key.label),
			prompt: t('The name appears in views, answers and the log.'),
			value: key.label,
			validateInput: (text) => labelProblem(text, others, t),
		});
		if (label !== undefined && label.trim() !== key.label) await acts.rename(key.id, label.trim());
	});
	command('keypool.resume', () => acts.resume());
	command('keypool.showLog', () => Promise.resolve(acts.showLog()));
	command('keypool.openSettings', () =>
		vscode.commands.executeCommand('workbench.action.openSettings', '@ext:keypool.keypool-gemini'),
	);
	return store;
}

/** From the palette no row is given. */
async function pickKey(pool: PoolView, words: Words): Promise<KeyView | undefined> {
	const { keys, at } = pool.snapshot();
	if (keys.length === 0) {
		const { text, action } = words.sayReason('noKeys');
		const chosen = await vscode.window.showInformationMessage(text, ...(action ? [action.title] : []));
		if (chosen !== undefined && action) await vscode.commands.executeCommand(action.command);
		return undefined;
	}
	const items = keys.map((view) => ({
		label: view.key.label,
		description: `${view.key.mask} · ${words.speakStanding(view.standing, at)}`,
		view,
	}));
	const chosen = await vscode.window.showQuickPick(items, {
		placeHolder: words.t('Which key?'),
		matchOnDescription: true,
	});
	return chosen?.view;
}

function inView(run: () => Promise<void>): Thenable<void> {
	return vscode.window.withProgress({ location: { viewId: 'keypool.keys' } }, run);
}
