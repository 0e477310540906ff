import { l10n, window } from 'vscode';
import type { Key } from '../pool/pool';
import { addKey, importKeys, pasteKeys } from './addKeys';
import { KeyringError } from './keyring';
import { keyFor } from './pickKeys';
import type { KeyCommand } from './commandNames';
import type { KeyTools } from './storeKeys';
import { checkAndSay } from './storeKeys';
import { sayKeyringReason } from './words';

type Act = (argument?: unknown) => Promise<void>;

export interface KeyCommandsOptions extends KeyTools {
	/** The environment of the extension host. */
	readonly environment: () => Readonly<Record<string, string | undefined>>;
	/** Hears errors that no sentence was written for. */
	readonly report: (error: unknown) => void;
}

/** The commands with which a person brings keys in, checks them, and takes them out. */
export function keyCommands(options: KeyCommandsOptions): Readonly<Record<KeyCommand, Act>> {
	const { keyring } = options;
	const acts: Record<KeyCommand, Act> = {
		'keypool.addKey': () => addKey(options),
		'keypool.pasteKeys': () => pasteKeys(options),
		'keypool.importKeys': () => importKeys(options, options.environment()),
		'keypool.checkKey': async (argument) => {
			const key = await keyFor(argument, keyring.list().keys, l10n.t('Check which key?'));
			if (key) {
				await checkAndSay([key], options);
			}
		},
		'keypool.checkAllKeys': async () => {
			const { keys } = keyring.list();
			if (keys.length === 0) {
				void window.showInformationMessage(l10n.t('There is no key yet. Add one first.'));
			} else {
				await checkAndSay(keys, options);
			}
		},
		'keypool.removeKey': async (argument) => {
			const key = await keyFor(argument, keyring.list().keys, l10n.t('Remove which key?'));
			if (key) {
				await removeKey(options, key);
			}
		},
	};
	const entries = Object.entries(acts).map(([name, act]) => [
		name,
		(argument: unknown) => worded(() => act(argument), options.report),
	]);
	return Object.fromEntries(entries) as Record<KeyCommand, Act>;
}

async function removeKey({ keyring }: KeyTools, key: Key): Promise<void> {
	const remove = l10n.t('Remove');
	const answer = await window.showWarningMessage(
		l10n.t('Remove {0} ({1})?', key.label, key.mask),
		{ modal: true, detail: l10n.t('Its secret is erased from this computer. The key itself stays valid at Google.') },
		remove,
	);
	if (answer === remove) {
		await keyring.remove(key.id);
		void window.showInformationMessage(l10n.t('{0} was removed.', key.label));
	}
}

/** Runs an act; what goes wrong becomes one sentence. */
async function worded(act: () => Promise<void>, report: (error: unknown) => void): Promise<void> {
	try {
		await act();
	} catch (error) {
		report(error);
		void window.showErrorMessage(
			error instanceof KeyringError
				? sayKeyringReason(error.reason)
				: l10n.t('Something unexpected happened. The log of Keypool has the details.'),
		);
	}
}
