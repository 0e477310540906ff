/** The name of a file, as people read it. What has no path, such as the results of a search, is called by its kind. */
export function nameOf({ path, scheme = '' }: { readonly path: string; readonly scheme?: string }): string {
	return path.split('/').at(-1) || scheme;
}
