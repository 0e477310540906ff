import { commands } from 'vscode';
import type { KeyView, Snapshot, EpochMs } from '../../pool/pool';
import { showError, showWarning } from '../../ui/messages';
import type { Words } from '../../localization/words';
import type { GatewayView } from '../shared/gatewayView';
import { noticeInWords } from './noticeInWords';

/** Interrupts a person, and runs the action that helps when the person chooses it. */
export async function showNotice(
	snapshot: Snapshot,
	words: Words,
	now: EpochMs,
	about: { readonly revoked?: KeyView | undefined; readonly gateway?: GatewayView | undefined } = {},
): Promise<void> {
	const { severity, text, action } = noticeInWords(snapshot, words, now, about);
	const show = severity === 'error' ? showError : showWarning;
	if ((await show(text, action.title)) === action.title) {
		await commands.executeCommand(action.command, ...(action.key === undefined ? [] : [action.key]));
	}
}
