/** The folders of the packages that the files belong to, each once; all from the root of the project. */
export function packageFolders(files: readonly string[]): readonly string[];
/** The licences of packages that are shipped. Rejects where the text of one is missing. */
export function noticesFor(root: string, folders: readonly string[]): Promise<string>;
