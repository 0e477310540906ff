import type * as vscode from 'vscode';
import { digestOf } from '../../common/digest';

/** Where the editor keeps the name for a workspace: alone, or before the digest of the file that the workspace is saved in. */
const nameKey = 'keypool.chat.workspace';

/**
 * The name of the folder that has the conversations of what is open in this window. The storage that VS Code gives a
 * workspace is another one for a second window on it, so that conversations would not be shared. A folder that becomes a
 * workspace, because another one joins it, keeps its name, also as that is saved: VS Code hands on what it keeps for it. A
 * workspace that is saved in a second file has a name of its own there: the first one is still there, and may be about
 * something else.
 */
export async function workspaceName(
	{ workspaceFile, workspaceFolders }: Pick<typeof vscode.workspace, 'workspaceFile' | 'workspaceFolders'>,
	memento: Pick<vscode.Memento, 'get' | 'update'>,
	onError: (error: unknown) => void,
): Promise<string> {
	const open = workspaceFile ?? workspaceFolders?.[0]?.uri;
	if (!open) return 'no-folder';
	const own = await digestOf(open.toString());
	const stored = workspaceFile ? String(memento.get(nameKey)) : '';
	const [, kept = own, by = own] = /^([\da-f]{32})(?: ([\da-f]{32}))?$/.exec(stored) ?? [];
	const name = by === own ? kept : own;
	const isSaved = workspaceFile !== undefined && !workspaceFile.toString().startsWith('untitled:');
	memento.update(nameKey, isSaved ? `${name} ${own}` : name).then(undefined, onError);
	return name;
}
