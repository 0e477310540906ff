/** Where a path leads once every link is followed. `path` is the real one. */
export type Place =
	| { readonly state: 'inside'; readonly path: string }
	/** Nothing is there yet; its folder is inside. */
	| { readonly state: 'absent'; readonly path: string }
	/** A link leads out of the workspace, to nothing, or round in a circle. */
	| { readonly state: 'outside' };

/** This machine's disk, for the files of a workspace. `roots` are the folders that no link may leave. */
export interface Disk {
	locate(path: string, roots: readonly string[]): Promise<Place>;
	/**
	 * Undefined where nothing is there.
	 * @throws FileRefused where a link leaves the roots, or it is no file, or a larger one
	 */
	read(path: string, roots: readonly string[], maxBytes: number): Promise<Uint8Array | undefined>;
	/**
	 * Writes a file whole or not at all, for its owner alone. A link by that name is replaced, not followed.
	 * @throws FileRefused where a link leaves the roots
	 */
	replace(path: string, roots: readonly string[], bytes: Uint8Array): Promise<void>;
}

/** A file of the workspace that is not read or written. */
export class FileRefused extends Error {
	/** @param file its name, for people */
	constructor(
		readonly reason: 'link' | 'noFile' | 'tooLarge',
		readonly file: string,
	) {
		super(`A file of the workspace was refused: ${reason}.`);
	}
}
