import { commands, l10n, window } from 'vscode';
import type { Disposable } from '../dispose';
import { DisposableStore } from '../dispose';
import type { Key } from '../pool/pool';
import { addKey, importKeys, pasteKeys } from './addKeys';
import { KeyringError } from './keyring';
import { keyFor } from './pickKeys';
import type { KeyTools } from './storeKeys';
import { checkAndSay } from './storeKeys';
import { sayKeyringReason } from './words';

export interface KeyCommandsOptions extends KeyTools {
	/** The environment of the extension host. */
	readonly environment: () => Readonly<Record<string, string | undefined>>;
	/** Hears errors that no sentence was written for. */
	readonly report: (error: unknown) => void;
}

/** The commands with which a person brings keys in, checks them, and takes them out. */
export function registerKeyCommands(options: KeyCommandsOptions): Disposable {
	const { keyring } = options;
	const actions = {
		'keypool.addKey': () => addKey(options),
		'keypool.pasteKeys': () => pasteKeys(options),
		'keypool.importKeys': () => importKeys(options, options.environment()),
		'keypool.checkKey': async (argument: unknown) => {
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
		'keypool.removeKey': async (argument: unknown) => {
			const key = await keyFor(argument, keyring.list().keys, l10n.t('Remove which key?'));
			if (key) {
				await removeKey(options, key);
			}
		},
	};
	const registered = new DisposableStore();
	for (const [name, action] of Object.entries(actions)) {
		registered.add(
			commands.registerCommand(name, (argument: unknown) => worded(() => action(argument), options.report)),
		);
	}
	return registered;
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
