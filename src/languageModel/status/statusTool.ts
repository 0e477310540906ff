import * as vscode from 'vscode';
import { poolStatus } from './poolStatus';

/** What the tool `keypool_status` tells an agent. It reads, and changes nothing. */
export function statusResult(...of: Parameters<typeof poolStatus>): vscode.LanguageModelToolResult {
	const status = JSON.stringify(poolStatus(...of));
	return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(status)]);
}
