import type * as vscode from 'vscode';
import { FileRefused, type Disk, type Place } from './disk';
import { nameOf } from './nameOf';
import { VirtualFiles, type VirtualFileSystem } from './virtualFiles';

export { FileRefused, type Place } from './disk';

export interface WorkspaceFilesParts {
	/** Loaded on first use; absent in a host without a disk. */
	readonly disk: (() => Promise<Disk>) | undefined;
	/** For files that are not on this machine's disk. */
	readonly fs: VirtualFileSystem;
	/** The current workspace folders. */
	readonly folders: () => readonly vscode.Uri[];
	readonly newId: () => string;
}

/**
 * The only code that reads and writes files in the workspace, which is untrusted: no link is followed out of it, and a file
 * is written to a random name and then renamed. A file outside all workspace folders, because the user picked it, is confined
 * to its own folder instead.
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
	 * Undefined if the file does not exist.
	 * @throws FileRefused if a link leads out, if it is not a file, or if it is larger
	 */
	async read(uri: vscode.Uri, maxBytes: number): Promise<Uint8Array | undefined> {
		const disk = await this.diskOf(uri);
		return disk
			? disk.read(uri.fsPath, this.rootPaths(uri), maxBytes)
			: this.virtual.read(uri, this.roots(uri), maxBytes);
	}

	/**
	 * Writes the file atomically; on a disk, readable by its owner only.
	 * @throws FileRefused if a link leads out
	 */
	async replace(uri: vscode.Uri, text: string): Promise<void> {
		const bytes = new TextEncoder().encode(text);
		const disk = await this.diskOf(uri);
		await (disk
			? disk.replace(uri.fsPath, this.rootPaths(uri), bytes)
			: this.virtual.replace(uri, this.roots(uri), bytes));
	}

	/** @throws FileRefused if the file must not be written */
	async checkReplaceable(uri: vscode.Uri): Promise<void> {
		const { state } = await this.locate(uri);
		if (state === 'outside') throw new FileRefused('link', nameOf(uri));
		if (this.parts.fs.isWritableFileSystem(uri.scheme) === false) throw new FileRefused('notWritten', nameOf(uri));
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
		// With its slash: `D:` alone is whatever folder of that drive a process is in.
		return isInside ? alike : [uri.with({ path: uri.path.slice(0, uri.path.lastIndexOf('/') + 1) })];
	}
}
