import { commands, l10n, window } from 'vscode';
import type { Key } from '../pool/pool';
import { askForKeys } from './askForKeys';
import type { PasteResult } from './paste';
import { pickFound } from './pickKeys';
import { checkWithProgress, type KeyTools } from './storeKeys';
import { sayOutcome } from './words';

/** A new secret for a key that Google does not accept any more: its name, project, role, place and weight stay. */
export async function replaceKey(key: Key, tools: KeyTools): Promise<void> {
	const prompt = l10n.t('Paste the new key. Name, project, role, place in the order and weight stay.');
	const given = await askForKeys(l10n.t('Replace {0}', key.label), prompt, false);
	const found = given?.is === 'text' ? await oneOf(given.result) : undefined;
	if (!found) return;
	const next = await tools.keyring.replace(key.id, found);
	if (next.id !== key.id || next.mask === key.mask) {
		void window.showInformationMessage(l10n.t('This key is there already, as {0}.', next.label));
		return;
	}
	await tools.useAgain(key.id);
	const outcome = (await checkWithProgress([next], tools)).get(key.id) ?? { is: 'cancelled' as const };
	const resume = l10n.t('Resume');
	const text = l10n.t('{0} was replaced. {1}', key.label, sayOutcome(next.label, outcome));
	const say = outcome.is === 'refused' ? window.showWarningMessage : window.showInformationMessage;
	void say(text, ...(tools.isPaused() ? [resume] : [])).then((answer) => {
		if (answer === resume) void commands.executeCommand('keypool.resume');
	});
}

/** Where several were pasted, the one that a person chooses first. */
async function oneOf(result: PasteResult) {
	const [only] = result.recognised;
	if (only && result.recognised.length === 1) return only.secret;
	return (await pickFound(result, l10n.t('Store Gemini keys')))?.[0]?.secret;
}
