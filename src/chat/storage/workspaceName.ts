import type * as vscode from 'vscode';
import { digestOf } from '../../common/digest';

/** The name, among what the editor keeps for a workspace. */
const nameKey = 'keypool.chat.workspace';

/**
 * The name of the folder that has the conversations of what is open in this window. The storage that VS Code gives a
 * workspace is another one for a second window on it, so that conversations would not be shared. A folder that becomes a
 * workspace, because another one joins it, keeps its name: VS Code hands on what it keeps for it.
 */
export async function workspaceName(
	{ workspaceFile, workspaceFolders }: Pick<typeof vscode.workspace, 'workspaceFile' | 'workspaceFolders'>,
	memento: Pick<vscode.Memento, 'get' | 'update'>,
	onError: (error: unknown) => void,
): Promise<string> {
	const open = workspaceFile ?? workspaceFolders?.[0]?.uri;
	if (!open) return 'no-folder';
	const kept: unknown = workspaceFile && memento.get(nameKey);
	if (typeof kept === 'string' && /^[\da-f]{32}$/.test(kept)) return kept;
	const name = await digestOf(open.toString());
	memento.update(nameKey, name).then(undefined, onError);
	return name;
}
