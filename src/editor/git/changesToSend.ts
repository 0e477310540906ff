import * as vscode from 'vscode';
import { askWarning, showInformation } from '../../ui/messages';
import { fromGit, type Repository } from './git';
import { changesIn, secretChanges, type FileChange } from './gitDiff';

/** More files than a question can name are counted. */
const maxNames = 10;

/** Git's name of a file in conflict, of which it shows no change there: none is staged, or one side has deleted it. */
const unmerged = /(?<![^\n])\* Unmerged path [^\n]*\n?/g;

/** What is staged, else what has changed; undefined when there is nothing, or nothing that the person wants to send. */
export async function changesToSend(repository: Repository): Promise<readonly FileChange[] | undefined> {
	const staged = (await fromGit(repository.diff(true)))?.replace(unmerged, '');
	const diff = staged?.trim() === '' ? (await fromGit(repository.diff(false)))?.replace(unmerged, '') : staged;
	if (diff === undefined) return undefined;
	const changes = changesIn(diff);
	if (changes.length === 0) {
		const none = vscode.l10n.t('There are no changes to describe. New files count once they are staged.');
		// A program of the person’s own writes it.
		const other = vscode.l10n.t('Git shows changes in another form than its own. Unset diff.external and try again.');
		void showInformation(diff.trim() === '' ? none : other);
		return undefined;
	}
	const secret = secretChanges(changes);
	return secret.length === 0 ? changes : askAboutSecrets(changes, secret);
}

async function askAboutSecrets(
	changes: readonly FileChange[],
	secret: readonly FileChange[],
): Promise<readonly FileChange[] | undefined> {
	const shown = secret.slice(0, maxNames).map(({ path }) => path);
	const more = secret.length - shown.length;
	const names = more > 0 ? vscode.l10n.t('{0} and {1} more', shown.join(', '), more) : shown.join(', ');
	const leaveOut = vscode.l10n.t('Leave Out');
	const send = vscode.l10n.t('Send Anyway');
	const others = changes.filter((change) => !secret.includes(change));
	const chosen = await askWarning(
		vscode.l10n.t('These changes may contain secrets: {0}. Send them to Google?', names),
		vscode.l10n.t('On unpaid quota, people at Google may read what is sent.'),
		...(others.length > 0 ? [leaveOut] : []),
		send,
	);
	if (chosen === send) return changes;
	return chosen === leaveOut ? others : undefined;
}
