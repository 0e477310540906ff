/** The name of a file, as people read it. */
export function nameOf({ path }: { readonly path: string }): string {
	return path.split('/').at(-1) ?? '';
}
