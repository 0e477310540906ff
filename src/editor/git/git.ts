import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';
import { patiently } from '../../ui/patiently';
import { withProgress } from '../../ui/progress';
import { pickOne } from '../../ui/quickPick';
import { nameOf } from '../../workspaceFiles/nameOf';

/** What we use of the API of VS Code's own Git extension, version 1 (extensions/git/src/api/git.d.ts in its sources). */
export interface Repository {
	readonly rootUri: vscode.Uri;
	readonly inputBox: { value: string };
	readonly ui: { readonly selected: boolean };
	/** Of what is staged where `cached`, else of the working tree. */
	diff(cached?: boolean): Promise<string>;
	/** Newest first. Rejects where there is no commit yet. */
	log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
}

interface Git {
	/** `uninitialized` while it looks for repositories, right after the window has opened. */
	readonly state: 'uninitialized' | 'initialized';
	readonly onDidChangeState: vscode.Event<Git['state']>;
	readonly repositories: readonly Repository[];
}

interface GitExtension {
	readonly enabled: boolean;
	getAPI(version: 1): Git;
}

/**
 * The repository that a command is for, of those that are open: the one of the source control it was called from, the only
 * one, or the one that the person picks. Undefined where there is none, which was told then, or they pick none.
 * @param title what the repository is for
 */
export async function findRepository(from: unknown, title: string): Promise<Repository | undefined> {
	const repositories = await openRepositories();
	// The person did not want to wait while Git was still looking.
	if (repositories === 'unknown') return undefined;
	if (repositories?.length) return chooseRepository(repositories, from, title);
	void showInformation(describeMissing(repositories));
	return undefined;
}

/** The open repositories; undefined where Git is missing or switched off, `unknown` where it was not waited for. */
async function openRepositories(): Promise<readonly Repository[] | 'unknown' | undefined> {
	const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
	const exported = extension && (await extension.activate());
	if (exported?.enabled !== true) return undefined;
	const git = exported.getAPI(1);
	if (git.state === 'uninitialized') await initialized(git);
	return git.state === 'uninitialized' && git.repositories.length === 0 ? 'unknown' : git.repositories;
}

/** Why there is no repository to choose, from what `openRepositories` found. */
function describeMissing(repositories: readonly Repository[] | undefined): string {
	if (repositories) return vscode.l10n.t('No Git repository is open here.');
	const { remoteName } = vscode.env;
	const own = vscode.extensions.getExtension('keypool.keypool-gemini');
	// Extensions see those of their own computer alone, and VS Code's Git is with the files.
	if (remoteName !== undefined && own?.extensionKind === vscode.ExtensionKind.UI) {
		return vscode.l10n.t(
			'This window works on another computer ({0}), whose Git cannot be reached from this one. Install Keypool on {0} and run it there with the setting remote.extensionKind.',
			remoteName,
		);
	}
	return vscode.workspace.isTrusted
		? vscode.l10n.t('Git is missing, or switched off in the settings of VS Code.')
		: vscode.l10n.t('VS Code uses Git only in folders that you trust.');
}

/** Resolves when Git has looked for repositories, or the person does not want to wait. */
function initialized(git: Git): Promise<void> {
	return withProgress(
		vscode.l10n.t('Waiting for Git…'),
		(_, signal) =>
			new Promise<void>((resolve) => {
				const changed = git.onDidChangeState(() => end());
				const end = (): void => {
					changed.dispose();
					resolve();
				};
				signal.addEventListener('abort', end, { once: true });
			}),
	);
}

/** What Git tells, of a large repository after a while; undefined where the person does not want to wait for it. */
export function fromGit<T>(telling: Promise<T>): Promise<T | undefined> {
	return patiently(vscode.l10n.t('Waiting for Git…'), () => telling);
}

async function chooseRepository(
	repositories: readonly Repository[],
	from: unknown,
	title: string,
): Promise<Repository | undefined> {
	const root = rootOf(from);
	const named = repositories.find(({ rootUri }) => rootUri.toString() === root);
	if (named || repositories.length < 2) return named ?? repositories[0];
	const picked = await pickOne(
		repositories.map((repository) => ({
			label: nameOf(repository.rootUri),
			description: vscode.workspace.asRelativePath(repository.rootUri),
			picked: repository.ui.selected,
			repository,
		})),
		{ title, placeHolder: vscode.l10n.t('For which repository?') },
	);
	return picked?.repository;
}

/** Menus of the source control view hand over a `vscode.SourceControl`. */
function rootOf(from: unknown): string | undefined {
	const root: unknown = typeof from === 'object' && from !== null && 'rootUri' in from ? from.rootUri : undefined;
	return root instanceof vscode.Uri ? root.toString() : undefined;
}
