import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';
import type { WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import { fileReference } from './fileReference';

/** Shows a file of the workspace that an answer names: an untrusted text, so that nothing but a file below it is opened. */
export async function openFile(files: Pick<WorkspaceFiles, 'locate'>, named: string): Promise<void> {
	const reference = fileReference(named);
	const uri = reference && (await find(files, reference.path));
	if (!reference || !uri) {
		void showInformation(vscode.l10n.t('There is no file {0} in this workspace.', named));
		return;
	}
	const { line = 1, column = 1 } = reference;
	const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
	try {
		const document = await vscode.workspace.openTextDocument(uri);
		const selection = reference.line === undefined ? {} : { selection: new vscode.Range(at, at) };
		await vscode.window.showTextDocument(document, { preview: true, ...selection });
	} catch {
		// A picture, or what another program holds.
		void showInformation(vscode.l10n.t('{0} cannot be shown as text.', named));
	}
}

/** The first folder that has it, by a way that no link leads out of. */
async function find(files: Pick<WorkspaceFiles, 'locate'>, path: string): Promise<vscode.Uri | undefined> {
	for (const uri of candidates(path)) {
		if ((await files.locate(uri)).state === 'inside' && (await isFile(uri))) return uri;
	}
	return undefined;
}

/** Below each folder; where there are several, the path can begin with the name of one of them, which can have slashes. */
function candidates(path: string): readonly vscode.Uri[] {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const named = folders.filter(({ name }) => folders.length > 1 && path.startsWith(`${name}/`));
	return [
		...named.map(({ uri, name }) => vscode.Uri.joinPath(uri, path.slice(name.length + 1))),
		...folders.map(({ uri }) => vscode.Uri.joinPath(uri, path)),
	];
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
	try {
		return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
	} catch {
		return false;
	}
}
