import { commands } from 'vscode';
import type { Snapshot, Wall } from '../pool/pool';
import { showError, showWarning } from '../ui/messages';
import type { Words } from '../words';
import { noticeInWords } from './noticeInWords';

/** Interrupts a person, and runs the action that helps when the person chooses it. */
export async function showNotice(snapshot: Snapshot, words: Words, now: Wall): Promise<void> {
	const { severity, text, action } = noticeInWords(snapshot, words, now);
	const show = severity === 'error' ? showError : showWarning;
	if ((await show(text, action.title)) === action.title) await commands.executeCommand(action.command);
}
