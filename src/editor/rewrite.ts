import * as vscode from 'vscode';
import type { ApplyDiff } from './applyDiff';
import { askWithProgress, signature, type Assistant } from './assistant';
import { codeOf, fitted } from './codeBlock';
import { promptFor, type CodeTask } from './codeTask';
import { registerCommand } from './command';
import { ensureKey } from './ensureKey';
import type { Excerpt } from './excerpt';
import { takeSnippet, type Snippet } from './snippet';
import { TrackedRange } from './trackedRange';
import { whichCode } from './whichCode';

type Rewriting = Exclude<CodeTask, { is: 'tests' }>;

/** `Keypool: Fix`, `Document` and `Edit…`: the new code comes as a diff to accept or reject. */
export function registerRewrites(assistant: Assistant, changes: ApplyDiff): vscode.Disposable {
	const command = (id: string, plan: (snippet: Snippet, given: unknown) => Promise<Rewriting | undefined>) =>
		registerCommand(
			id,
			async (given) => {
				if (!(await ensureKey(assistant.anyKey))) return;
				const snippet = await takeSnippet('wholeLines');
				const task = snippet && (await plan(snippet, given));
				if (snippet && task) await rewrite(snippet, task, assistant, changes);
			},
			assistant.report,
		);
	return vscode.Disposable.from(
		command('keypool.fix', (snippet) => Promise.resolve({ is: 'fix', problems: problemsIn(snippet) })),
		command('keypool.document', () => Promise.resolve({ is: 'document' })),
		command('keypool.edit', async (snippet, given) => {
			const instruction = typeof given === 'string' ? given : await askForInstruction(snippet.excerpt);
			return instruction === undefined || instruction.trim() === '' ? undefined : { is: 'edit', instruction };
		}),
	);
}

async function rewrite(snippet: Snippet, task: Rewriting, assistant: Assistant, changes: ApplyDiff): Promise<void> {
	const { document, excerpt, file, text } = snippet;
	const tracked = new TrackedRange(document, excerpt.range);
	try {
		const prompt = promptFor(task, { file, language: document.languageId, text });
		const answer = await askWithProgress(assistant, titleFor(task, excerpt), prompt);
		if (!answer) return;
		const answered = codeOf(answer.text, 'code');
		if (answer.cut || answered.is === 'cut') {
			return tell(vscode.l10n.t('The new code is longer than the model may write at once. Select less.'));
		}
		if (answered.is === 'none') return tell(vscode.l10n.t('The answer holds no code. Try again.'));
		const replacement = fitted(answered.code, text);
		if (replacement === text) return tell(vscode.l10n.t('{0} would change nothing.', answer.model));
		const { range } = tracked;
		if (!range) return tell(vscode.l10n.t('The code has changed since. Nothing was applied: ask once more.'));
		await changes.propose({
			document,
			range,
			replacement,
			title: vscode.l10n.t('{0}: {1} ({2})', snippet.label, nameFor(task), signature(answer)),
		});
	} finally {
		tracked.dispose();
	}
}

function tell(text: string): void {
	void vscode.window.showInformationMessage(text);
}

/** Says which code, since without a selection the person did not choose it. */
function titleFor(task: Rewriting, excerpt: Excerpt): string {
	return vscode.l10n.t('{0}: {1}', nameFor(task), whichCode(excerpt));
}

function nameFor(task: Rewriting): string {
	switch (task.is) {
		case 'fix':
			return vscode.l10n.t('Fix');
		case 'document':
			return vscode.l10n.t('Document');
		case 'edit':
			return vscode.l10n.t('Edit');
	}
}

function askForInstruction(excerpt: Excerpt): Thenable<string | undefined> {
	return vscode.window.showInputBox({
		title: vscode.l10n.t('Edit: {0}', whichCode(excerpt)),
		prompt: vscode.l10n.t('You see the change before it is made.'),
		placeHolder: vscode.l10n.t('What shall change?'),
		ignoreFocusOut: true,
	});
}

/** What the editor reports about the code: errors first, each with its line in the piece. */
function problemsIn({ document, excerpt: { range } }: Snippet): string[] {
	return vscode.languages
		.getDiagnostics(document.uri)
		.filter((problem) => problem.severity <= vscode.DiagnosticSeverity.Warning && range.intersection(problem.range))
		.sort((a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start))
		.map((problem) => `line ${problem.range.start.line - range.start.line + 1}: ${problem.message.slice(0, 300)}`);
}
