import { commands, l10n, window } from 'vscode';
import type { Disposable } from '../dispose';
import { DisposableStore } from '../dispose';
import type { Key, KeyId } from '../pool/pool';
import { addKey, importKeys, pasteKeys } from './addKeys';
import type { Keyring } from './keyring';
import { KeyringError, undoMs } from './keyring';
import { keyFor } from './pickKeys';
import type { KeyTools } from './storeKeys';
import { checkAndSay } from './storeKeys';
import { sayFailure } from './words';

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
		'keypool.undoRemove': () => bringBack(keyring, keyring.removed().at(-1)),
	};
	const registered = new DisposableStore();
	registered.add(offerUndo(keyring));
	for (const [name, action] of Object.entries(actions)) {
		registered.add(
			commands.registerCommand(name, (argument: unknown) => worded(() => action(argument), options.report)),
		);
	}
	return registered;
}

/** No question before it: for a while it can be undone. */
async function removeKey({ keyring }: KeyTools, key: Key): Promise<void> {
	await keyring.remove(key.id);
	const undo = l10n.t('Undo');
	const answer = await window.showInformationMessage(
		l10n.t(
			'{0} was removed. In {1} seconds its secret is erased from this computer. The key itself stays valid at Google.',
			key.label,
			undoMs / 1000,
		),
		undo,
	);
	if (answer === undo) {
		await bringBack(keyring, key.id);
	}
}

async function bringBack(keyring: Keyring, id: KeyId | undefined): Promise<void> {
	try {
		const key = id === undefined ? undefined : await keyring.restore(id);
		void window.showInformationMessage(
			key ? l10n.t('{0} is back.', key.label) : l10n.t('No key was removed a moment ago.'),
		);
	} catch (error) {
		if (error instanceof KeyringError && error.reason === 'noSuchKey') {
			void window.showWarningMessage(l10n.t('It is too late: the secret has been erased. Add the key again.'));
		} else {
			throw error;
		}
	}
}

/** Offers the undoing of a removal in menus only while it can be undone. */
function offerUndo(keyring: Keyring): Disposable {
	let offered = false;
	return keyring.onDidChangeRemoved(() => {
		const possible = keyring.removed().length > 0;
		if (possible !== offered) {
			offered = possible;
			void commands.executeCommand('setContext', 'keypool.canUndoRemove', possible);
		}
	});
}

/** Runs an act; what goes wrong becomes one sentence. */
async function worded(act: () => Promise<void>, report: (error: unknown) => void): Promise<void> {
	try {
		await act();
	} catch (error) {
		sayFailure(error, report);
	}
}
