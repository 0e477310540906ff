import { commands, l10n } from 'vscode';
import { showWarning } from '../../ui/messages';

/** Says that this tab's copy of the keys is old, and offers what helps. */
export async function showChangedElsewhere(show: typeof showWarning = showWarning): Promise<void> {
	const reload = l10n.t('Reload Window');
	const text = l10n.t('The keys were changed in another tab. Reload this window, then try again.');
	if ((await show(text, reload)) === reload) await commands.executeCommand('workbench.action.reloadWindow');
}

/** Says that the browser has lost keys; resolves to whether the person goes on without them. */
export async function showLostKeys(count: number): Promise<boolean> {
	const reload = l10n.t('Reload Window');
	const goOn = l10n.t('Continue Without It');
	const text =
		count === 1
			? l10n.t(
					'A key that this browser kept is missing: another tab may have overwritten it. Reload the window; if it stays missing, add it again.',
				)
			: l10n.t(
					'{0} keys that this browser kept are missing: another tab may have overwritten them. Reload the window; if they stay missing, add them again.',
					count,
				);
	const answer = await showWarning(text, reload, goOn);
	if (answer === reload) await commands.executeCommand('workbench.action.reloadWindow');
	return answer === goOn;
}
