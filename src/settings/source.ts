import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';

/** Where raw settings come from. Names are without `keypool.`. */
export interface SettingsSource {
	/** The value in force, just as somebody wrote it. */
	read(name: string): unknown;
	/** The values of every level (user, workspace, each of its folders): for a demand that no level may lift. */
	readLevels(name: string): readonly unknown[];
	/** Whether the window is in Restricted Mode. */
	isRestricted(): boolean;
	/** Some setting may have changed, or Restricted Mode ended. */
	onDidChange(listener: () => void): Disposable;
}

/** The configuration of VS Code as a source. It is fetched once for each change: the editor merges all levels each time. */
export function configurationSource(
	workspace: Pick<
		typeof vscode.workspace,
		| 'getConfiguration'
		| 'onDidChangeConfiguration'
		| 'isTrusted'
		| 'onDidGrantWorkspaceTrust'
		| 'workspaceFile'
		| 'workspaceFolders'
		| 'onDidChangeWorkspaceFolders'
	>,
): SettingsSource {
	const fetched = () => workspace.getConfiguration('keypool');
	let current = fetched();
	return {
		read: (name) => current.get(name),
		readLevels: (name) => {
			const ofAll = current.inspect(name);
			// A folder that is opened by itself is the workspace.
			const folders = workspace.workspaceFile === undefined ? [] : (workspace.workspaceFolders ?? []);
			const ofFolders = folders.map(
				({ uri }): unknown => workspace.getConfiguration('keypool', uri).inspect(name)?.workspaceFolderValue,
			);
			return [ofAll?.globalValue, ofAll?.workspaceValue, ...ofFolders];
		},
		isRestricted: () => !workspace.isTrusted,
		onDidChange: (listener) => {
			const owned = new DisposableStore();
			const changed = (): void => {
				current = fetched();
				listener();
			};
			owned.add(workspace.onDidGrantWorkspaceTrust(changed));
			owned.add(workspace.onDidChangeWorkspaceFolders(changed));
			owned.add(
				workspace.onDidChangeConfiguration((change) => {
					if (change.affectsConfiguration('keypool')) changed();
				}),
			);
			return owned;
		},
	};
}
