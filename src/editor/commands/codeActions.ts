import * as vscode from 'vscode';
import { actionsFor } from './lightBulb';

/** Documents in which a change makes sense: not outputs, diffs of others, or what extensions show. */
const selector = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-notebook-cell'].map((scheme) => ({
	scheme,
}));

/** The light bulb: a fix where the editor reports a problem, the other commands where code is selected. */
export function registerCodeActions(): vscode.Disposable {
	return vscode.languages.registerCodeActionsProvider(
		selector,
		{
			provideCodeActions: ({ uri }, range, context) => actionsFor(uri, range, context),
		},
		{ providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite] },
	);
}
