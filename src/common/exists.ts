import { FileSystemError, workspace, type Uri } from 'vscode';

/** Whether there is a file or folder. */
export async function exists(uri: Uri): Promise<boolean> {
	try {
		await workspace.fs.stat(uri);
		return true;
	} catch {
		return false;
	}
}

/** Not where no file can be looked for: a new document, a cell or an output is none, and a disk may be away. */
export async function isGone(uri: Uri): Promise<boolean> {
	try {
		await workspace.fs.stat(uri);
		return false;
	} catch (error) {
		return error instanceof FileSystemError && error.code === 'FileNotFound';
	}
}
