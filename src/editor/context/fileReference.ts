/** A place in the workspace as an answer names it. */
export interface FileReference {
	/** Relative, with slashes, and with no way up. */
	readonly path: string;
	/** From 1. */
	readonly line?: number;
	readonly column?: number;
}

/**
 * Reads `src/a.ts`, `src/a.ts:12`, `src/a.ts:12:5`, `src/a.ts#L12` and `src/a.ts#L12-L20`; with another fragment, such as the
 * heading of a document, the file alone. Undefined where it is anything but a path below the workspace: with a scheme,
 * absolute, with a way up, or with characters that no such path needs.
 */
export function fileReference(text: string): FileReference | undefined {
	const [, named = '', line, column] = /^([^#]*?)(?::(\d{1,7})(?::(\d{1,7}))?|#[^#]*)?$/.exec(text) ?? [];
	const hash = /#L(\d{1,7})(?:-L?\d{1,7})?$/.exec(text)?.[1];
	const path = named.replace(/^(?:\.\/)+/, '');
	// eslint-disable-next-line no-control-regex -- Control characters are what is refused.
	if (path === '' || /[\0-\x1f\x7f\\:?*"<>|]/.test(path) || path.startsWith('/')) return undefined;
	if (path.split('/').some((part) => part === '..' || part === '.' || part === '')) return undefined;
	const at = line ?? hash;
	return {
		path,
		...(at !== undefined && { line: Number(at) }),
		...(column !== undefined && { column: Number(column) }),
	};
}
