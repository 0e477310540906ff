/** As the manifest's pattern for `keypool.model`, so that no name leads to another path; a test compares the two. */
const pattern = /^\s*(?:models\/)?([\w.-]{1,100})\s*$/u;

/** The name without `models/` and white space; undefined if it is not valid. */
export function modelNameIn(text: string): string | undefined {
	return pattern.exec(text)?.[1];
}
