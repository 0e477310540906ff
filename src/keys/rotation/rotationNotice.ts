import { commands, l10n } from 'vscode';
import { showWarning } from '../../ui/messages';

/** Shows and logs that the setting is not a cron expression. */
export function showBadRotation(expression: string, log: { warn(line: string): void }): void {
	log.warn(`setting keypool.rotation is no cron expression: ${expression}`);
	const open = l10n.t('Open Settings');
	const text = l10n.t(
		'The setting keypool.rotation is not a cron expression of five fields, such as 0 6 * * 1-5. The keys keep their order.',
	);
	void showWarning(text, open).then((answer) => {
		if (answer === open) void commands.executeCommand('workbench.action.openSettings', 'keypool.rotation');
	});
}
