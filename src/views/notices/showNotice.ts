import { commands } from 'vscode';
import type { KeyView, Snapshot, EpochMs } from '../../pool/pool';
import { showError, showWarning } from '../../ui/messages';
import type { Words } from '../../localization/words';
import type { GatewayView } from '../shared/gatewayView';
import type { PoolView } from '../shared/poolView';
import { noticeInWords } from './noticeInWords';

/** Interrupts a person, and runs the action that helps when the person chooses it. */
export async function showNotice(
	snapshot: Snapshot,
	words: Words,
	now: EpochMs,
	about: {
		readonly revoked?: KeyView | undefined;
		readonly gateway?: GatewayView | undefined;
		readonly pool: Pick<PoolView, 'snapshot'>;
	},
): Promise<void> {
	const { severity, text, action } = noticeInWords(snapshot, words, now, about);
	const show = severity === 'error' ? showError : showWarning;
	if ((await show(text, action.title)) !== action.title) return;
	// It stays: the pause can have ended, and another one begun for what nobody has looked at yet.
	const isOfOld = action.command === 'keypool.resume' && about.pool.snapshot().paused?.since !== snapshot.paused?.since;
	const command = isOfOld ? 'keypool.keys.focus' : action.command;
	await commands.executeCommand(command, ...(action.key === undefined ? [] : [action.key]));
}
