import * as vscode from 'vscode';
import type { Folder } from './folder';

/** A folder in the storage that VS Code gives the extension, wherever that is: on disk, on a remote, in a browser. */
export function workspaceFolder(root: vscode.Uri, newId: () => string): Folder {
	const { fs } = vscode.workspace;
	const at = (path: string) => vscode.Uri.joinPath(root, ...path.split('/'));
	return {
		names: async (path) => ((await found(fs.readDirectory(at(path)))) ?? []).map(([name]) => name),
		read: async (path) => {
			const bytes = await found(fs.readFile(at(path)));
			return bytes && new TextDecoder().decode(bytes);
		},
		write: async (path, text) => {
			const partial = at(`${path}.${newId()}.partial`);
			try {
				await fs.writeFile(partial, new TextEncoder().encode(text));
				await fs.rename(partial, at(path), { overwrite: true });
			} catch (error) {
				await Promise.resolve(fs.delete(partial)).catch(() => undefined);
				throw error;
			}
		},
		remove: async (path) => {
			await found(fs.delete(at(path), { recursive: true, useTrash: false }));
		},
		move: async (from, to) => {
			await found(fs.rename(at(from), at(to), { overwrite: true }));
		},
	};
}

/** What VS Code says where a path does not exist: nothing is there, or a file where a folder would be. */
const missing: readonly string[] = ['FileNotFound', 'FileNotADirectory'];

/** Undefined where the file or folder does not exist. */
async function found<T>(result: Thenable<T>): Promise<T | undefined> {
	try {
		return await result;
	} catch (error) {
		if (error instanceof vscode.FileSystemError && missing.includes(error.code)) {
			return undefined;
		}
		throw error;
	}
}
