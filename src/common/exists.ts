import { workspace, type Uri } from 'vscode';

/** Whether a file or folder can be found there. */
export async function exists(uri: Uri): Promise<boolean> {
	try {
		await workspace.fs.stat(uri);
		return true;
	} catch {
		return false;
	}
}
