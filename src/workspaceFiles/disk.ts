/** Where a path leads after all links are followed. `path` is the real path. */
export type Place =
	| { readonly state: 'inside'; readonly path: string }
	/** It does not exist; its folder is inside. */
	| { readonly state: 'absent'; readonly path: string }
	/** A link leads out of the workspace, to nothing, or in a circle. */
	| { readonly state: 'outside' };

/** This machine's disk, for workspace files. `roots` are the folders that no link may leave. */
export interface Disk {
	locate(path: string, roots: readonly string[]): Promise<Place>;
	/**
	 * Undefined if the file does not exist.
	 * @throws FileRefused if a link leaves the roots, if it is not a file, or if it is larger
	 */
	read(path: string, roots: readonly string[], maxBytes: number): Promise<Uint8Array | undefined>;
	/**
	 * Writes a file atomically, readable by its owner only. A link of that name is replaced, not followed.
	 * @throws FileRefused if a link leaves the roots
	 */
	replace(path: string, roots: readonly string[], bytes: Uint8Array): Promise<void>;
}

/** A workspace file that we neither read nor write, or that could not be written. */
export class FileRefused extends Error {
	/** @param file its name, to be shown */
	constructor(
		readonly reason: 'link' | 'noFile' | 'tooLarge' | 'notWritten' | 'alone',
		readonly file: string,
		options?: ErrorOptions,
	) {
		super(`A file of the workspace was refused: ${reason}.`, options);
	}
}
