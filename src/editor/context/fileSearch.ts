import * as vscode from 'vscode';
import type { WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import { isSecretFile } from '../exclusion/secretFile';
import { fileOf } from './codeSelection';
import { ranked, type Candidate } from './fileRank';

export interface FoundFile {
	readonly uri: string;
	readonly name: string;
	/** Relative to the workspace where it is in one. */
	readonly path: string;
}

type File = Candidate & { readonly uri: vscode.Uri };

/** Files that are looked through, and that are offered of them. */
const maxFiles = 10_000;
const maxOffered = 8;

/** ms for which the list of files is good, while somebody types. */
const freshMs = 10_000;

/**
 * Finds files to go along by a part of their name. Those that programs keep secrets in are not offered, nor a link that
 * leads out of the workspace: a person who means one of them picks it in the dialog, and is asked.
 */
export class FileSearch {
	private listed: { readonly at: number; readonly files: Promise<readonly vscode.Uri[]> } | undefined;
	/** Of the search beside that list: each letter that is typed begins one. */
	private last: vscode.CancellationTokenSource | undefined;

	constructor(
		private readonly files: Pick<WorkspaceFiles, 'locate'>,
		/** ms since 1970. */
		private readonly now: () => number,
	) {}

	async find(text: string): Promise<readonly FoundFile[]> {
		const fits = ranked(await this.candidates(text), text, 4 * maxOffered);
		// All at once: of a workspace on another computer each is a way there and back, while somebody types.
		const places = await Promise.all(fits.map(({ uri }) => this.files.locate(uri)));
		return fits
			.filter((_, at) => places[at]?.state === 'inside')
			.slice(0, maxOffered)
			.map(({ uri, path }) => ({ uri: uri.toString(), name: path.slice(path.lastIndexOf('/') + 1), path }));
	}

	private async candidates(text: string): Promise<readonly File[]> {
		const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
		const open = tabs.flatMap(({ input }) =>
			input instanceof vscode.TabInputText && input.uri.scheme !== 'untitled' ? [input.uri] : [],
		);
		const all = new Map<string, File>();
		const listed = await this.inWorkspace();
		const others = listed.length < maxFiles || text === '' ? [] : await this.named(text);
		for (const [uris, isOpen] of [[open, true] as const, [[...listed, ...others], false] as const]) {
			for (const uri of uris) {
				const path = fileOf(uri);
				if (!all.has(uri.toString()) && !isSecretFile(path)) all.set(uri.toString(), { uri, path, isOpen });
			}
		}
		return [...all.values()];
	}

	private named(text: string): Promise<readonly vscode.Uri[]> {
		this.last?.cancel();
		this.last = new vscode.CancellationTokenSource();
		return filesLike(globOf(text), this.last.token);
	}

	private inWorkspace(): Promise<readonly vscode.Uri[]> {
		if (!this.listed || this.now() - this.listed.at > freshMs) {
			this.listed = { at: this.now(), files: filesLike('**/*') };
		}
		return this.listed.files;
	}
}

/** The editor's search can be missing: a virus scanner takes it away. */
function filesLike(glob: string, token?: vscode.CancellationToken): Promise<readonly vscode.Uri[]> {
	return Promise.resolve(vscode.workspace.findFiles(glob, '**/node_modules/**', maxFiles, token)).catch(() => []);
}

/** Names that what is typed can be a part of, whatever its capitals, for a workspace with more files than are listed. */
function globOf(text: string): string {
	const name = text.slice(text.lastIndexOf('/') + 1);
	const letters = name
		.replace(/[^\w.-]/g, '*')
		.replace(/[a-z]/gi, (one) => `[${one.toLowerCase()}${one.toUpperCase()}]`);
	return `**/*${letters}*`;
}
