import { commands } from 'vscode';
import type { Translate } from '../localization/words';
import { showWarning } from '../ui/messages';
import { portRefusedInWords } from './statusInWords';

/** Says why the gateway cannot have its port, and offers the settings. */
export async function showPortRefused(port: number, reason: unknown, t: Translate): Promise<void> {
	const open = t('Open Settings');
	if ((await showWarning(portRefusedInWords(port, reason, t), open)) === open) {
		await commands.executeCommand('workbench.action.openSettings', 'keypool.gateway');
	}
}
