export interface Made {
	/** Absolute path of the package. */
	readonly vsix: string;
	/** Absolute path of the bill of materials, CycloneDX. */
	readonly sbom: string;
	readonly bytes: number;
	/** Absolute path of the folder that was packed. */
	readonly folder: string;
	/** What was packed, relative to the folder. */
	readonly files: readonly string[];
	/** Bytes that activation reads. */
	readonly activation: number;
	/** Bytes of the file for a browser, by gzip. */
	readonly web: number;
	/** The names of other people's packages that are read with each source file that is read by itself. */
	readonly readWith: Readonly<Record<string, readonly string[]>>;
	/** What `vsce` warned of. */
	readonly warnings: readonly string[];
}

/** Makes the package and puts it into a folder; absent: the project's. */
export function makePackage(into?: string): Promise<Made>;
