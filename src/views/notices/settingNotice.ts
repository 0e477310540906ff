import { commands, l10n, window } from 'vscode';
import { showWarning } from '../../ui/messages';

/**
 * Settings that hold back money, requests and what may be sent to free keys: who believes in one that does not count finds out by
 * a bill, or not at all.
 */
const limiting: ReadonlySet<string> = new Set(['budgets', 'limits', 'paidOnly', 'paidOnlyInRestrictedMode']);

/** Logs that a setting holds a value that it does not take; one that limits says so where a person has just written it. */
export function createSettingNotice(log: { warn(line: string): void }) {
	return (name: string, _: unknown, isChange: boolean): void => {
		log.warn(`setting keypool.${name} holds a value that it does not take, which does not count`);
		// Every window hears of the change.
		if (!isChange || !limiting.has(name) || !window.state.focused) return;
		const setting = `keypool.${name}`;
		const open = l10n.t('Open Settings');
		const text = l10n.t(
			'The setting {0} holds a value that does not count. Until you correct it, it limits less than you meant, or nothing.',
			setting,
		);
		void showWarning(text, open).then((answer) => {
			if (answer === open) void commands.executeCommand('workbench.action.openSettings', setting);
		});
	};
}
