/** As the manifest says of `keypool.model`: nothing that leads to another path of the service. A test holds the two to each other. */
const pattern = /^\s*(?:models\/)?([\w.-]{1,100})\s*$/u;

/** The name alone, without `models/` and white space; undefined where it cannot be one. */
export function modelNameIn(text: string): string | undefined {
	return pattern.exec(text)?.[1];
}
