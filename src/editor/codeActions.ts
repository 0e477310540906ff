import * as vscode from 'vscode';

/** Documents in which a change makes sense: not outputs, diffs of others, or what extensions show. */
const selector = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-notebook-cell'].map((scheme) => ({
	scheme,
}));

/** The light bulb: a fix where the editor reports a problem, the other commands where code is selected. */
export function registerCodeActions(): vscode.Disposable {
	return vscode.languages.registerCodeActionsProvider(
		selector,
		{ provideCodeActions: (_document, range, context) => actionsFor(range, context) },
		{ providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite] },
	);
}

function actionsFor(range: vscode.Range, { diagnostics }: vscode.CodeActionContext): vscode.CodeAction[] {
	// It names no diagnostics, so that the exact fixes of the language stay before it.
	const fixes = diagnostics.some(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
		? [action(vscode.l10n.t('Fix with Keypool'), 'keypool.fix', vscode.CodeActionKind.QuickFix)]
		: [];
	if (range.isEmpty) return fixes;
	const rewrite = vscode.CodeActionKind.RefactorRewrite;
	return [
		...fixes,
		action(vscode.l10n.t('Explain with Keypool'), 'keypool.explainSelection', rewrite),
		action(vscode.l10n.t('Edit with Keypool…'), 'keypool.edit', rewrite),
		action(vscode.l10n.t('Document with Keypool'), 'keypool.document', rewrite),
		action(vscode.l10n.t('Write Tests with Keypool'), 'keypool.writeTests', rewrite),
	];
}

function action(title: string, command: string, kind: vscode.CodeActionKind): vscode.CodeAction {
	const made = new vscode.CodeAction(title, kind);
	made.command = { command, title };
	return made;
}
