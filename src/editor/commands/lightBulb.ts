import * as vscode from 'vscode';

/** What the light bulb offers for a piece of a document. */
export function actionsFor(
	uri: vscode.Uri,
	range: vscode.Range,
	{ diagnostics }: vscode.CodeActionContext,
): vscode.CodeAction[] {
	const at = new vscode.Location(uri, range);
	// It names no diagnostics, so that the exact fixes of the language stay before it.
	const fixes = diagnostics.some(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
		? [action(vscode.l10n.t('Fix with Keypool'), 'keypool.fix', vscode.CodeActionKind.QuickFix, at)]
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

function action(title: string, command: string, kind: vscode.CodeActionKind, at?: vscode.Location): vscode.CodeAction {
	const made = new vscode.CodeAction(title, kind);
	made.command = { command, title, ...(at && { arguments: [at] }) };
	return made;
}
