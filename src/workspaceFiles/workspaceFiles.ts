import type * as vscode from 'vscode';
import { FileRefused, type Disk, type Place } from './disk';
import { VirtualFiles, type VirtualFileSystem } from './virtualFiles';

export { FileRefused, type Place } from './disk';

export interface WorkspaceFilesParts {
	/** Read at the first use; absent where this host has no disk. */
	readonly disk: (() => Promise<Disk>) | undefined;
	/** Files that are on no disk of this machine. */
	readonly fs: VirtualFileSystem;
	/** The folders of the workspace, as they are now. */
	readonly folders: () => readonly vscode.Uri[];
	readonly newId: () => string;
}

/**
 * The one reader and writer of ours in the workspace. What is there can be a stranger's: no link is followed out of it, and
 * what is written comes under its name in one step, by way of a file whose name nobody can know before. A file that is in
 * no folder of the workspace, because a person picked it, is held to its own folder instead.
 */
export class WorkspaceFiles {
	private readonly virtual: VirtualFiles;

	constructor(private readonly parts: WorkspaceFilesParts) {
		this.virtual = new VirtualFiles(parts.fs, parts.newId);
	}

	async locate(uri: vscode.Uri): Promise<Place> {
		const disk = await this.diskOf(uri);
		return disk ? disk.locate(uri.fsPath, this.rootPaths(uri)) : this.virtual.locate(uri, this.roots(uri));
	}

	/**
	 * Undefined where nothing is there.
	 * @throws FileRefused where a link leads out, or it is no file, or a larger one
	 */
	async read(uri: vscode.Uri, maxBytes: number): Promise<Uint8Array | undefined> {
		const disk = await this.diskOf(uri);
		return disk
			? disk.read(uri.fsPath, this.rootPaths(uri), maxBytes)
			: this.virtual.read(uri, this.roots(uri), maxBytes);
	}

	/**
	 * Writes the file whole or not at all; on a disk, for its owner alone.
	 * @throws FileRefused where a link leads out
	 */
	async replace(uri: vscode.Uri, text: string): Promise<void> {
		const bytes = new TextEncoder().encode(text);
		const disk = await this.diskOf(uri);
		await (disk
			? disk.replace(uri.fsPath, this.rootPaths(uri), bytes)
			: this.virtual.replace(uri, this.roots(uri), bytes));
	}

	/** @throws FileRefused where the file is not to be written to */
	async checkReplaceable(uri: vscode.Uri): Promise<void> {
		const { state } = await this.locate(uri);
		if (state === 'outside') throw new FileRefused('link', uri.path.split('/').at(-1) ?? '');
	}

	private async diskOf({ scheme }: vscode.Uri): Promise<Disk | undefined> {
		return scheme === 'file' ? this.parts.disk?.() : undefined;
	}

	private rootPaths(uri: vscode.Uri): readonly string[] {
		return this.roots(uri).map(({ fsPath }) => fsPath);
	}

	private roots(uri: vscode.Uri): readonly vscode.Uri[] {
		const alike = this.parts
			.folders()
			.filter(({ scheme, authority }) => scheme === uri.scheme && authority === uri.authority);
		const isInside = alike.some(({ path }) => uri.path.startsWith(path.endsWith('/') ? path : `${path}/`));
		return isInside ? alike : [uri.with({ path: uri.path.slice(0, uri.path.lastIndexOf('/')) || '/' })];
	}
}
