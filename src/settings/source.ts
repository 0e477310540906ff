import { isObject } from '../common/json';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../common/dispose';

/** Where raw settings come from. Names are without `keypool.`. */
export interface SettingsSource {
	/** The effective value, unvalidated. */
	read(name: string): unknown;
	/** The user's own value, or the default: whatever a workspace says. Unvalidated. */
	readUser(name: string): unknown;
	/**
	 * The values of all levels (default overrides, user, remote machine, workspace, each of its folders): for a demand that no
	 * level may lift.
	 */
	readLevels(name: string): readonly unknown[];
	/** Whether the window is in Restricted Mode. */
	isRestricted(): boolean;
	/** A setting may have changed, or Restricted Mode ended. */
	onDidChange(listener: () => void): Disposable;
}

/**
 * The levels of a window, as `inspect` names them. `globalValue` is VS Code's merge of the two before it, in which the remote
 * machine wins. Those two are not in the API's types, and an editor may lack them.
 */
const windowLevels = [
	'defaultValue',
	'globalLocalValue',
	'globalRemoteValue',
	'globalValue',
	'workspaceValue',
] as const;

function valueAt(inspected: unknown, level: (typeof windowLevels)[number] | 'workspaceFolderValue'): unknown {
	return isObject(inspected) ? inspected[level] : undefined;
}

/** The same settings, as the user's own level has them. A demand still holds on whichever level it stands. */
export function userLevelOf(source: SettingsSource): SettingsSource {
	return {
		read: (name) => source.readUser(name),
		readUser: (name) => source.readUser(name),
		readLevels: (name) => source.readLevels(name),
		isRestricted: () => source.isRestricted(),
		onDidChange: (listener) => source.onDidChange(listener),
	};
}

/** VS Code's configuration. It is read once for each change, because VS Code merges all levels each time. */
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
		readUser: (name) => {
			const inspected = current.inspect(name);
			return inspected?.globalValue ?? inspected?.defaultValue;
		},
		readLevels: (name) => {
			// A single folder is the workspace itself.
			const folders = workspace.workspaceFile === undefined ? [] : (workspace.workspaceFolders ?? []);
			const ofFolders = folders.map(({ uri }) =>
				valueAt(workspace.getConfiguration('keypool', uri).inspect(name), 'workspaceFolderValue'),
			);
			const ofWindow = current.inspect(name);
			return [...windowLevels.map((level) => valueAt(ofWindow, level)), ...ofFolders];
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
