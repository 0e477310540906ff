import { l10n } from 'vscode';
import type { Key, KeyId } from '../../pool/pool';
import { showInformation, showWarning } from '../../ui/messages';
import { addKeys, type AddKeysOptions } from './addKeys';
import { KeyringError, undoMs, type Keyring } from '../keyring/keyring';
import { keyFor } from './pickKeys';
import type { KeyCommand } from './commandNames';
import { replaceKey } from './replaceKey';
import { checkAndShow, type KeyTools } from './storeKeys';
import { showingFailure } from '../keyring/keyringErrors';

type Command = (argument?: unknown) => Promise<void>;

/** The commands that add, check, replace and remove keys. */
export function keyCommands(options: AddKeysOptions): Readonly<Record<KeyCommand, Command>> {
	const { keyring } = options;
	/** Undefined if the keys cannot be read: an empty list would be wrong. */
	const chosen = async (argument: unknown, title: string): Promise<Key | undefined> =>
		(await options.load()) ? keyFor(argument, keyring.list().keys, title) : undefined;
	const commands: Record<KeyCommand, Command> = {
		'keypool.addKey': (argument) => addKeys(options, 'box', argument === 'stay'),
		'keypool.pasteKeys': () => addKeys(options, 'clipboard', false),
		'keypool.importKeys': (argument) => addKeys(options, argument === 'environment' ? 'environment' : 'import', false),
		'keypool.replaceKey': async (argument) => {
			const key = await chosen(argument, l10n.t('Replace which key?'));
			if (key && options.isSimulated()) {
				// A real key cannot replace a simulated one: adding it ends simulator mode.
				await addKeys(options, 'box', false);
			} else if (key) {
				await replaceKey(key, options);
			}
		},
		'keypool.checkKey': async (argument) => {
			const key = await chosen(argument, l10n.t('Check which key?'));
			if (key) {
				await checkAndShow([key], options);
			}
		},
		'keypool.checkAllKeys': async () => {
			if (!(await options.load())) return;
			const { keys } = keyring.list();
			if (keys.length === 0) {
				void showInformation(l10n.t('There is no Gemini API key yet.'));
			} else {
				await checkAndShow(keys, options);
			}
		},
		'keypool.removeKey': async (argument) => {
			const key = await chosen(argument, l10n.t('Remove which key?'));
			if (key) {
				await removeKey(options, key);
			}
		},
		'keypool.undoRemove': () => restoreKey(keyring, keyring.removed().at(-1)),
	};
	const entries = Object.entries(commands).map(([name, act]) => [name, showingFailure(act, options.report)]);
	return Object.fromEntries(entries) as Record<KeyCommand, Command>;
}

/** Asks nothing first, because a removal can be undone for a while. */
async function removeKey({ keyring }: KeyTools, key: Key): Promise<void> {
	await keyring.remove(key.id);
	const undo = l10n.t('Undo');
	const answer = await showInformation(
		l10n.t(
			'{0} was removed. Its secret will be erased from this computer after {1} seconds. The key itself stays valid at Google.',
			key.label,
			undoMs / 1000,
		),
		undo,
	);
	if (answer === undo) {
		await restoreKey(keyring, key.id);
	}
}

async function restoreKey(keyring: Keyring, id: KeyId | undefined): Promise<void> {
	try {
		const key = id === undefined ? undefined : await keyring.restore(id);
		void showInformation(key ? l10n.t('{0} is back.', key.label) : l10n.t('There is no removed key to bring back.'));
	} catch (error) {
		if (error instanceof KeyringError && error.reason === 'noSuchKey') {
			void showWarning(l10n.t('It is too late: the secret was erased. Add the key again.'));
		} else {
			throw error;
		}
	}
}
