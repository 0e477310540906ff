import { commands, l10n } from 'vscode';
import { showInformation, showWarning } from '../ui/messages';
import { vendor } from './names';

/**
 * The editor lets those who are not signed in use its chat where a group of models of another vendor than Copilot stands in
 * the profile. A group of ours holds nothing.
 */
export async function addToChat(): Promise<void> {
	const { t } = l10n;
	const manage = t('Manage Language Models');
	const pressed = commands.executeCommand('lm.addLanguageModelsProviderGroup', { vendor, name: 'Keypool' }).then(
		() => showInformation(t('VS Code’s chat now offers Keypool’s models, also without signing in.'), manage),
		// A second group of the same name is refused, and an older editor knows no such command.
		() => showWarning(t('VS Code did not add Keypool: it was added before, or this version cannot add it.'), manage),
	);
	if ((await pressed) !== manage) return;
	// Editors as old as our oldest have the second.
	await commands
		.executeCommand('workbench.action.chat.manage')
		.then(undefined, () => commands.executeCommand('workbench.action.chat.manageLanguageModels'));
}
