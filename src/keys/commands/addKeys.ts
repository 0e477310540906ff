import { commands, env, l10n, window, workspace, type Uri } from 'vscode';
import { showError } from '../../ui/messages';
import { pickOne } from '../../ui/quickPick';
import { askForKeys, type BoxAnswer } from './askForKeys';
import { keysInEnvironment } from '../import/envImport';
import { parseKeys, parseLimits, type ParsedKeys } from '../import/parseKeys';
import { pickKeys } from './pickKeys';
import { storeKeys, type KeyTools } from './storeKeys';
import { decodedText } from '../../common/decodedText';

/** Where the keys come from; all sources share the same review, check and naming. */
export type KeySource = 'box' | 'environment' | Exclude<BoxAnswer['type'], 'text'>;

export interface AddKeysOptions extends KeyTools {
	/** The environment of the extension host. */
	readonly environment: () => Readonly<Record<string, string | undefined>>;
	/** The keys of the environment were shown: they are not offered again. */
	readonly environmentShown: () => Promise<void>;
}

/**
 * The one way to add keys: read a text, review what was found if needed, store, check, name. With `staysPut` the focus stays
 * where it is, because another command continues afterwards.
 */
export async function addKeys(options: AddKeysOptions, from: KeySource, staysPut: boolean): Promise<void> {
	const isFirst = options.keyring.list().keys.length === 0 || options.isSimulated();
	const given = await read(options, from);
	if (given === undefined) return;
	const { result, isReviewed, fromEnvironment } = given;
	const isPlain = isReviewed && result.recognised.length === 1 && result.refused.length === 0;
	if (fromEnvironment) await options.environmentShown();
	const chosen = isPlain ? result.recognised : await pickKeys(result, l10n.t('Store Gemini keys'));
	if (!chosen || chosen.length === 0) return;
	const kept = await storeKeys(chosen, options);
	// With the first key the user can ask, so show the chat, unless another command continues.
	if (kept > 0 && isFirst && !staysPut) await commands.executeCommand('keypool.chat.focus');
}

/** `isReviewed`: the box has already shown it, masked. */
interface KeyInput {
	readonly result: ParsedKeys;
	readonly isReviewed?: true;
	readonly fromEnvironment?: true;
}

async function read(options: AddKeysOptions, from: KeySource): Promise<KeyInput | undefined> {
	switch (from) {
		case 'clipboard': {
			const found = parseKeys(await env.clipboard.readText());
			if (found.recognised.length > 0 || found.refused.length > 0) return { result: found };
			return readBox(options, l10n.t('The clipboard contains no key. Paste keys here, separated by commas or spaces.'));
		}
		case 'import':
			return readImport(options.environment());
		case 'environment':
			return { result: keysInEnvironment(options.environment()), fromEnvironment: true };
		case 'box':
			return readBox(
				options,
				l10n.t('Paste one key or several, a .env file or JSON. Keys are kept in the secret storage only.'),
			);
	}
}

async function readBox(options: AddKeysOptions, prompt: string): Promise<KeyInput | undefined> {
	const given = await askForKeys(l10n.t('Add Gemini Keys'), prompt, true);
	if (given === undefined) return undefined;
	return given.type === 'text' ? { result: given.result, isReviewed: true } : read(options, given.type);
}

/** The keys of the environment, or of a file that the user picks. */
async function readImport(environment: Readonly<Record<string, string | undefined>>): Promise<KeyInput | undefined> {
	const here = keysInEnvironment(environment);
	const fromEnvironment = {
		label: l10n.t('From the environment'),
		description:
			here.recognised.length === 1 ? l10n.t('1 key found') : l10n.t('{0} keys found', here.recognised.length),
	};
	const fromFile = { label: l10n.t('From a .env file…'), description: '' };
	const nothingHere = here.recognised.length === 0 && here.refused.length === 0;
	const source = nothingHere
		? fromFile
		: await pickOne([fromEnvironment, fromFile], {
				title: l10n.t('Import Gemini keys'),
			});
	if (source === fromEnvironment) return { result: here, fromEnvironment: true };
	if (source !== fromFile) return undefined;
	const [file] =
		(await window.showOpenDialog({
			openLabel: l10n.t('Import'),
			title: l10n.t('Import Gemini keys'),
		})) ?? [];
	const result = file && (await readFile(file));
	return result && { result };
}

async function readFile(file: Uri): Promise<ParsedKeys | undefined> {
	try {
		if ((await workspace.fs.stat(file)).size > parseLimits.characters) {
			void showError(l10n.t('This file is too large for a .env file. No key was added.'));
			return undefined;
		}
		return parseKeys(decodedText(await workspace.fs.readFile(file)));
	} catch {
		void showError(l10n.t('This file cannot be read. No key was added.'));
		return undefined;
	}
}
