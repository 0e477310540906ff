import * as vscode from 'vscode';
import { showInformation } from '../../ui/messages';
import type { ChatSession } from '../session/session';

/** True where no answer runs, or the user lets it be stopped. */
export async function mayStop({ running }: Pick<ChatSession, 'running'>): Promise<boolean> {
	if (!running) return true;
	const stop = vscode.l10n.t('Stop');
	return (await showInformation(vscode.l10n.t('An answer is still running. Stop it first.'), stop)) === stop;
}
