/** A CycloneDX document, as text. Rejects where package-lock.json lacks a package that is shipped. */
export function sbomOf(
	root: string,
	shipped: readonly string[],
	inputs: Readonly<
		Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
	>,
): Promise<string>;
