import * as vscode from 'vscode';
import type { KeyView, Snapshot, Wall } from '../pool/pool';
import type { Words } from '../words';
import { noticeInWords } from './noticeInWords';

/** Interrupts a person, and runs the action that helps when the person chooses it. */
export async function showNotice(snapshot: Snapshot, words: Words, now: Wall, revoked?: KeyView): Promise<void> {
	const { severity, text, action } = noticeInWords(snapshot, words, now, revoked);
	const chosen =
		severity === 'error'
			? await vscode.window.showErrorMessage(text, action.title)
			: await vscode.window.showWarningMessage(text, action.title);
	if (chosen === action.title) await vscode.commands.executeCommand(action.command);
}
