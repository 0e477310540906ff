import type * as vscode from 'vscode';
import { FileRefused, type Place } from './disk';
import { nameOf } from './nameOf';

/** The part of `vscode.workspace.fs` that is used. */
export type VirtualFileSystem = Pick<
	vscode.FileSystem,
	'stat' | 'readFile' | 'writeFile' | 'rename' | 'delete' | 'isWritableFileSystem'
>;

/** Values of `vscode.FileType`, so that this file does not import VS Code. */
const fileType = 1;
const symbolicLink = 64;

/**
 * Files that are not on this machine's disk, read and written through VS Code. Its API does not say where a link leads, so
 * every link below the roots is refused; and it has no file permissions.
 */
export class VirtualFiles {
	constructor(
		private readonly fs: VirtualFileSystem,
		private readonly newId: () => string,
	) {}

	async locate(uri: vscode.Uri, roots: readonly vscode.Uri[]): Promise<Place> {
		const root = roots.find(({ path }) => uri.path.startsWith(path.endsWith('/') ? path : `${path}/`));
		const names = uri.path.slice(root?.path.length ?? 0).split('/');
		if (names.includes('..')) return { state: 'outside' };
		const paths = names.map((_, at) => `${root?.path ?? ''}${names.slice(0, at + 1).join('/')}`);
		// All at once: each answer can take a way to another computer and back.
		const looks = paths
			.filter((path) => path !== root?.path && path !== '')
			.map((path) => this.stat(uri.with({ path })));
		await Promise.allSettled(looks);
		let place: Place = { state: 'inside', path: uri.path };
		for (const look of looks) {
			const stat = await look;
			if (stat && (stat.type & symbolicLink) !== 0) return { state: 'outside' };
			if (!stat) place = { state: 'absent', path: uri.path };
		}
		return place;
	}

	async read(uri: vscode.Uri, roots: readonly vscode.Uri[], maxBytes: number): Promise<Uint8Array | undefined> {
		const { state } = await this.locate(uri, roots);
		if (state === 'outside') throw new FileRefused('link', nameOf(uri));
		const stat = state === 'absent' ? undefined : await this.stat(uri);
		if (!stat) return undefined;
		if ((stat.type & fileType) === 0) throw new FileRefused('noFile', nameOf(uri));
		if (stat.size > maxBytes) throw new FileRefused('tooLarge', nameOf(uri));
		const bytes = await this.fs.readFile(uri);
		// Not every file system knows the size before.
		if (bytes.length > maxBytes) throw new FileRefused('tooLarge', nameOf(uri));
		return bytes;
	}

	async replace(uri: vscode.Uri, roots: readonly vscode.Uri[], bytes: Uint8Array): Promise<void> {
		if ((await this.locate(uri, roots)).state === 'outside') throw new FileRefused('link', nameOf(uri));
		const partial = uri.with({ path: `${uri.path.slice(0, uri.path.lastIndexOf('/'))}/.keypool-${this.newId()}.part` });
		// The browser replaces it whole.
		if (await this.isAlone(partial)) return this.fs.writeFile(uri, bytes);
		try {
			await this.fs.writeFile(partial, bytes);
			await this.fs.rename(partial, uri, { overwrite: true });
		} catch (error) {
			await Promise.resolve(this.fs.delete(partial)).catch(() => undefined);
			throw error;
		}
	}

	/** Whether there is nothing but the file that a browser's own dialog gave. */
	private async isAlone(beside: vscode.Uri): Promise<boolean> {
		try {
			if (beside.scheme === 'file') await this.stat(beside);
			return false;
		} catch (error) {
			if (error instanceof FileRefused) return true;
			throw error;
		}
	}

	/** Undefined if it does not exist. */
	private async stat(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
		try {
			return await this.fs.stat(uri);
		} catch (error) {
			const code = error instanceof Error && 'code' in error ? error.code : undefined;
			if (code === 'FileNotFound') return undefined;
			// Here `file` is a browser's: of a file that its dialog gave, nothing beside it.
			if (code === 'Unavailable' && uri.scheme === 'file')
				throw new FileRefused('alone', nameOf(uri), { cause: error });
			throw error;
		}
	}
}
