import * as vscode from 'vscode';
import { withoutInvisible } from '../../common/invisible';
import { fenced } from '../../common/fenced';
import type { Prompt } from '../../gemini/gemini';
import { askWarning, showWarning } from '../../ui/messages';
import { showBriefly } from '../../ui/statusBar';
import { maxBytes } from '../exclusion/contentExclusion';
import { askWithProgress, signature, type Assistant } from '../ask/assistant';
import { codeToUse } from '../apply/codeToUse';
import { changesToSend } from '../git/changesToSend';
import { ensureKey } from '../ask/ensureKey';
import { findRepository, type Repository } from '../git/git';
import { besides, chooseDiff, type ChosenDiff, type FileChange } from '../git/gitDiff';

/** Earlier messages that go along, for their language and form. */
const examples = 8;

const writing = `You write the message of a git commit. You are given its diff, and the first lines of earlier messages. \
Answer with the message alone, as plain text: a first line of at most 72 characters that says what changes for whom, and \
only where it needs more, an empty line and a few lines that say why. Keep to the language and form of the earlier messages.`;

/**
 * `Keypool: Write Commit Message`: into the box of the source control view.
 *
 * @param underWay repositories whose message is being written: a second click must not ask, and write over it, again
 */
export async function writeCommitMessage(assistant: Assistant, from: unknown, underWay: Set<string>): Promise<void> {
	if (!(await ensureKey(assistant.keys))) return;
	const repository = await findRepository(from, vscode.l10n.t('Write Commit Message'));
	const name = repository?.rootUri.toString() ?? '';
	if (!repository || underWay.has(name)) return;
	underWay.add(name);
	try {
		const changes = await changesToSend(repository);
		if (changes && (await mayReplace(repository.inputBox.value))) await write(repository, changes, assistant);
	} finally {
		underWay.delete(name);
	}
}

async function write(repository: Repository, changes: readonly FileChange[], assistant: Assistant): Promise<void> {
	const { inputBox } = repository;
	const draft = inputBox.value;
	/** The editor can tell line ends as its system writes them. */
	const known = (text: string): string => text.replaceAll('\r\n', '\n');
	/** What stands in the box unless the person has typed meanwhile: the editor tells of each text a little later. */
	const ours = new Set([known(draft)]);
	const isTyped = (): boolean => !ours.has(known(inputBox.value));
	const put = (text: string): void => {
		ours.add(known(text));
		inputBox.value = text;
	};
	const chosen = chooseDiff(changes, maxBytes);
	await vscode.commands.executeCommand('workbench.view.scm');
	const answer = await askWithProgress(
		assistant,
		changes.length === 1
			? vscode.l10n.t('Commit message for one file')
			: vscode.l10n.t('Commit message for {0} files', changes.length),
		promptFor(chosen, await earlierMessages(repository)),
		(text) => {
			if (!isTyped()) put(withoutInvisible(messageIn(text)));
		},
	);
	const message = answer && (await codeToUse(messageIn(answer.text), 'message'));
	if (message === undefined || message === '') {
		if (!isTyped()) put(draft);
	} else if (!isTyped() || (await mayReplace(inputBox.value))) put(message);
	if (answer?.endedBy !== undefined) {
		void showWarning(vscode.l10n.t('The message is not complete: the answer ended early ({0}).', answer.endedBy));
	}
	if (answer && chosen.text === '') {
		void showWarning(
			changes.length === 1
				? vscode.l10n.t(
						'Only the name of the changed file was sent: its change is longer than {0} KB.',
						maxBytes / 1024,
					)
				: vscode.l10n.t(
						'Only the names of the changed files were sent: each of the changes is longer than {0} KB.',
						maxBytes / 1024,
					),
		);
	}
	if (answer) showBriefly(vscode.l10n.t('Message by {0}', signature(answer)));
}

async function mayReplace(draft: string): Promise<boolean> {
	if (draft.trim() === '') return true;
	const replace = vscode.l10n.t('Replace');
	const chosen = await askWarning(
		vscode.l10n.t('There is a message in the box already. Replace it?'),
		draft.slice(0, 500),
		replace,
	);
	return chosen === replace;
}

async function earlierMessages(repository: Repository): Promise<readonly string[]> {
	try {
		const commits = await repository.log({ maxEntries: examples });
		return commits.map(({ message }) => (message.split('\n')[0] ?? '').slice(0, 200));
	} catch {
		// A repository without a commit has none.
		return [];
	}
}

function promptFor(chosen: ChosenDiff, earlier: readonly string[]): Prompt {
	const parts = [
		earlier.length > 0 ? `Earlier messages:\n${earlier.map((line) => `- ${line}`).join('\n')}` : '',
		fenced({ file: 'the changes', language: 'diff', text: chosen.text }),
		besides(chosen),
	];
	return {
		turns: [{ role: 'user', content: [{ type: 'text', text: parts.filter((part) => part !== '').join('\n\n') }] }],
		// The answer is read as text, whatever form the setting asks for.
		options: { system: writing, responseMimeType: 'text/plain' },
	};
}

/** Without the fence that some models put around it. */
function messageIn(answer: string): string {
	return answer
		.trim()
		.replace(/^`{3,}(?!`)[^\n]*\n/, '')
		.replace(/(?<!`)`{3,}$/, '')
		.trim();
}
