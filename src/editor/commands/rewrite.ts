import * as vscode from 'vscode';
import { askText } from '../../ui/inputBox';
import { showInformation } from '../../ui/messages';
import { isFixed, type ApplyDiff } from '../apply/applyDiff';
import { askWithProgress, signature, type Assistant } from '../ask/assistant';
import { codeOf } from '../apply/codeBlock';
import { codeToUse } from '../apply/codeToUse';
import { unclearKeys, withOwnKeys } from '../apply/ownKeys';
import { promptFor, type CodeTask } from './codeTask';
import { ensureKey } from '../ask/ensureKey';
import type { Excerpt } from '../context/excerpt';
import { reindent } from '../apply/reindent';
import { codeSelection, type CodeSelection } from '../context/codeSelection';
import { TrackedRange } from '../apply/trackedRange';
import { whichCode } from './whichCode';

export type Rewriting = Exclude<CodeTask, { type: 'tests' }>;

export interface RewriteTools {
	readonly assistant: Assistant;
	readonly changes: Pick<ApplyDiff, 'propose'>;
}

/**
 * `Keypool: Fix Code`, `Document Code` and `Edit Code…`: the new code comes as a diff to accept or reject.
 * @param at the place of a problem, from a code action: its hover can be far from the cursor. Menus hand over something else
 */
export async function rewrite(
	{ assistant, changes }: RewriteTools,
	plan: (selection: CodeSelection) => Rewriting | Promise<Rewriting | undefined>,
	at?: unknown,
): Promise<void> {
	const place = at instanceof vscode.Location ? at : undefined;
	if (!(await ensureKey(assistant.keys))) return;
	// No code action is offered in a proposed change: it means another editor.
	if (!place && isFixed(vscode.window.activeTextEditor?.document)) return;
	const selection = await codeSelection(assistant.files, 'wholeLines', place);
	if (!selection) return;
	// From here on: a person can edit the document while they write the instruction.
	const tracked = new TrackedRange(selection.document, selection.excerpt.range);
	try {
		const task = await plan(selection);
		if (task) await propose(selection, task, tracked, assistant, changes);
	} finally {
		tracked.dispose();
	}
}

export function fixing(selection: CodeSelection): Rewriting {
	return { type: 'fix', problems: problemsIn(selection) };
}

/** @param given the instruction, for key bindings and tests; absent: the person is asked */
export async function editing({ excerpt }: CodeSelection, given?: unknown): Promise<Rewriting | undefined> {
	const instruction = typeof given === 'string' ? given : await askForInstruction(excerpt);
	return instruction === undefined || instruction.trim() === '' ? undefined : { type: 'edit', instruction };
}

async function propose(
	selection: CodeSelection,
	task: Rewriting,
	tracked: TrackedRange,
	assistant: Assistant,
	changes: RewriteTools['changes'],
): Promise<void> {
	const { document, excerpt, file, text } = selection;
	const stale = vscode.l10n.t('The code has changed since then. Nothing was applied: ask again.');
	if (!(await tracked.find(text))) return tell(stale);
	const prompt = promptFor(task, { file, language: document.languageId, text });
	const answer = await askWithProgress(assistant, titleFor(task, excerpt), prompt);
	if (!answer) return;
	const answered = codeOf(answer.text);
	if (answer.cut) return tell(vscode.l10n.t('The new code is longer than one answer may be. Select less.'));
	if (answered.type === 'cut')
		return tell(vscode.l10n.t('The answer ended in the middle of the code. Nothing was applied: ask again.'));
	if (answered.type === 'none') return tell(vscode.l10n.t('The answer contains no code. Try again.'));
	const written = await codeToUse(answered.code);
	if (written === undefined) return;
	const code = withOwnKeys(written, text, assistant.heldKeys.keysIn(text));
	if (code === undefined) return tell(unclearKeys());
	const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
	const replacement = reindent(code, { indent, atLineStart: true, replaced: text });
	if (replacement === text.replaceAll('\r\n', '\n'))
		return tell(vscode.l10n.t('{0} would not change anything.', answer.model));
	const place = await tracked.find(text);
	if (!place) return tell(stale);
	await changes.propose({
		...place,
		replacement,
		title: vscode.l10n.t('{0}: {1} ({2})', selection.label, nameFor(task), signature(answer)),
	});
}

function tell(text: string): void {
	void showInformation(text);
}

/** Says which code, since without a selection the person did not choose it. */
function titleFor(task: Rewriting, excerpt: Excerpt): string {
	return vscode.l10n.t('{0}: {1}', nameFor(task), whichCode(excerpt));
}

function nameFor(task: Rewriting): string {
	switch (task.type) {
		case 'fix':
			return vscode.l10n.t('Fix');
		case 'document':
			return vscode.l10n.t('Document');
		case 'edit':
			return vscode.l10n.t('Edit');
	}
}

function askForInstruction(excerpt: Excerpt): Promise<string | undefined> {
	return askText({
		title: vscode.l10n.t('Edit: {0}', whichCode(excerpt)),
		prompt: vscode.l10n.t('You see the change before it is made.'),
		placeHolder: vscode.l10n.t('What should change?'),
		ignoreFocusOut: true,
	});
}

/** What the editor reports about the code: errors first, each with its line in the piece. */
function problemsIn({ document, excerpt: { range } }: CodeSelection): string[] {
	return vscode.languages
		.getDiagnostics(document.uri)
		.filter((problem) => problem.severity <= vscode.DiagnosticSeverity.Warning && range.intersection(problem.range))
		.sort((a, b) => a.severity - b.severity || a.range.start.compareTo(b.range.start))
		.map((problem) => `line ${problem.range.start.line - range.start.line + 1}: ${problem.message.slice(0, 300)}`);
}
