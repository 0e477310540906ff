import * as vscode from 'vscode';
import type { Snapshot } from '../../pool/pool';
import { poolStatus } from './poolStatus';

/** What the tool `keypool_status` tells an agent. It reads, and changes nothing. */
export function statusResult(snapshot: Snapshot, canReadKeys: boolean): vscode.LanguageModelToolResult {
	const status = JSON.stringify(poolStatus(snapshot, canReadKeys));
	return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(status)]);
}
