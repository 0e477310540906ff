import * as vscode from 'vscode';
import type { Snapshot } from '../../pool/pool';
import { poolStatus } from './poolStatus';

/** The tool `keypool_status`: agents ask it how the pool is. It reads, and changes nothing. */
export function statusTool(snapshot: () => Snapshot): vscode.LanguageModelTool<object> {
	return {
		invoke: () =>
			new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(poolStatus(snapshot())))]),
		prepareInvocation: () => ({ invocationMessage: vscode.l10n.t('Looking at the keys of Keypool') }),
	};
}
