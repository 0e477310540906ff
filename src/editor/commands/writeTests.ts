import * as vscode from 'vscode';
import { exists } from '../../common/exists';
import { showInformation, showWarning } from '../../ui/messages';
import { showBriefly } from '../../ui/statusBar';
import { FileRefused, type WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import { describeRefusal } from '../../workspaceFiles/words';
import { askWithProgress, signature, type Assistant } from '../ask/assistant';
import { codeOf } from '../apply/codeBlock';
import { codeToUse } from '../apply/codeToUse';
import { promptFor } from './codeTask';
import { ensureKey } from '../ask/ensureKey';
import { codeSelection } from '../context/codeSelection';
import { testFileFor } from './testFile';
import { whichCode } from './whichCode';

/** `Keypool: Write Tests`: they come as a new file beside the code, unsaved. */
export async function writeTests(assistant: Assistant): Promise<void> {
	if (!(await ensureKey(assistant.keys))) return;
	const selection = await codeSelection(assistant.files, 'exact');
	if (!selection) return;
	const { document, excerpt, file, text } = selection;
	const title = vscode.l10n.t('Tests: {0}', whichCode(excerpt));
	const prompt = promptFor({ type: 'tests' }, { file, language: document.languageId, text });
	const answer = await askWithProgress(assistant, title, prompt);
	if (!answer) return;
	const answered = codeOf(answer.text);
	if (answered.type === 'none') {
		void showInformation(vscode.l10n.t('The answer contains no code. Try again.'));
		return;
	}
	const code = await codeToUse(answered.code);
	if (code === undefined) return;
	// Tests that were cut off are worth something all the same: the person sees them before they are saved.
	await openBeside(assistant, document, code);
	if (answer.cut) {
		void showWarning(vscode.l10n.t('The tests are not complete: they are longer than one answer may be.'));
	} else if (answered.type === 'cut') {
		void showWarning(vscode.l10n.t('The tests are not complete: the answer ended in the middle of them.'));
	}
	showBriefly(vscode.l10n.t('Tests by {0}', signature(answer)));
}

async function openBeside(
	{ files, report }: Pick<Assistant, 'files' | 'report'>,
	source: vscode.TextDocument,
	text: string,
): Promise<void> {
	const named = await openUnsaved(files, source, text).catch((error: unknown) => {
		report(error);
		return undefined;
	});
	const opened = named ?? (await openNameless(source, text));
	await vscode.window.showTextDocument(opened, { viewColumn: vscode.ViewColumn.Beside, preview: false });
}

/**
 * An unsaved document that knows where to save itself; undefined where a file is there already, its source has no folder or
 * is on a file system of its own, or the name is a link out of the workspace: saving would follow it.
 */
async function openUnsaved(
	files: WorkspaceFiles,
	source: vscode.TextDocument,
	text: string,
): Promise<vscode.TextDocument | undefined> {
	if (source.isUntitled || !vscode.workspace.getWorkspaceFolder(source.uri) || !isOfWindow(source.uri))
		return undefined;
	const target = source.uri.with({ path: testFileFor(source.uri.path) });
	try {
		await files.checkReplaceable(target);
	} catch (error) {
		if (!(error instanceof FileRefused)) throw error;
		void showWarning(describeRefusal(error));
		return undefined;
	}
	if (await exists(target)) return undefined;
	const document = await vscode.workspace.openTextDocument(target.with({ scheme: 'untitled' }));
	if (document.getText() !== '') return undefined;
	const edit = new vscode.WorkspaceEdit();
	edit.insert(document.uri, new vscode.Position(0, 0), `${text}\n`);
	return (await vscode.workspace.applyEdit(edit)) ? document : undefined;
}

/** VS Code saves what has a name and was never saved to one file system of the window, whatever the name was taken from. */
function isOfWindow({ scheme }: vscode.Uri): boolean {
	const isInBrowser = vscode.env.uiKind === vscode.UIKind.Web && vscode.env.remoteName === undefined;
	const [first] = isInBrowser ? (vscode.workspace.workspaceFolders ?? []) : [];
	return ['file', 'vscode-remote', first?.uri.scheme].includes(scheme);
}

function openNameless({ languageId }: vscode.TextDocument, text: string): Thenable<vscode.TextDocument> {
	return vscode.workspace.openTextDocument({ language: languageId, content: `${text}\n` });
}
