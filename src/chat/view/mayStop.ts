import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';
import type { ChatSession } from '../session/session';

/** True where no answer runs, or the user lets it be stopped. `stop`: the button's title. */
export async function mayStop({ running }: Pick<ChatSession, 'running'>, stop: string): Promise<boolean> {
	if (!running) return true;
	const text = vscode.l10n.t('An answer is still running in the chat.');
	return (await showInformation(text, stop)) === stop;
}
