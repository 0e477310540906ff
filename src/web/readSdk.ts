import { extensions, Uri, workspace } from 'vscode';
import type { ReadSdk } from '../gemini/readSdk';

/**
 * Loads the SDK from the file that the desktop's bundle reads too: a second copy would be a twelfth of the package.
 * Throws if the extension is gone meanwhile, or its file cannot be read.
 */
export const readSdk: ReadSdk = async () => {
	const extension = extensions.getExtension('keypool.keypool-gemini');
	if (extension === undefined) throw new Error('The extension is not enabled any more.');
	const file = await workspace.fs.readFile(Uri.joinPath(extension.extensionUri, 'dist', __SDK_FILE__));
	const chunk: { exports?: Awaited<ReturnType<ReadSdk>> } = {};
	// This host has no `require` for files: it runs an extension's own text in the same way.
	// oxlint-disable-next-line typescript/no-implied-eval -- the text is a file of this extension's own package
	const run = new Function('module', 'require', new TextDecoder().decode(file)) as (
		module: object,
		require: () => object,
	) => void;
	run(chunk, () => ({}));
	if (chunk.exports === undefined) throw new Error(`${__SDK_FILE__} is not the SDK.`);
	return chunk.exports;
};
