import { QuickPickItemKind, l10n } from 'vscode';
import type { Key } from '../../pool/pool';
import { showError, showInformation } from '../../ui/messages';
import { pickOne, pickSeveral, type PickItem } from '../../ui/quickPick';
import { mainRefusals, type ParsedKey, type ParsedKeys } from '../import/parseKeys';
import { KeyringError } from '../keyring/keyring';
import { describeKind, describeRefusal } from '../check/words';

type KeyItem = PickItem & { readonly found?: ParsedKey };

/**
 * Lists the keys found in a text, masked and all chosen, and what was refused with the reason. Undefined when closed. If
 * there is nothing to choose, it shows why.
 */
export async function pickKeys(result: ParsedKeys, title: string): Promise<readonly ParsedKey[] | undefined> {
	if (result.recognised.length === 0) {
		const reasons = mainRefusals(result.refused).map((one) => `${one.mask}: ${describeRefusal(one)}`);
		void showError(
			reasons.length > 0
				? l10n.t('No key was added. {0}', reasons.join(' '))
				: l10n.t('No Gemini key was found. Copy one from Google AI Studio and try again.'),
		);
		return undefined;
	}
	const items: KeyItem[] = result.recognised.map((found) => ({ ...rowOf(found), picked: true, found }));
	if (result.refused.length > 0) {
		items.push({
			label: l10n.t('Not usable'),
			kind: QuickPickItemKind.Separator,
		});
		items.push(
			...result.refused.map((refused) => ({
				label: refused.mask,
				description: describeRefusal(refused),
			})),
		);
	}
	const picked = await pickSeveral(items, {
		title,
		ignoreFocusOut: true,
		matchOnDescription: true,
		placeHolder: result.cut
			? l10n.t('Only the first part of the text was read. Choose the keys to store.')
			: l10n.t('Choose the keys to store. They are kept in the secret storage only.'),
	});
	return picked?.flatMap((item) => (item.found ? [item.found] : []));
}

/** One of the keys found in a text: the only one, or the one that the user chooses, masked. Undefined when closed. */
export async function pickFound({ recognised }: ParsedKeys, title: string): Promise<ParsedKey | undefined> {
	const [only] = recognised;
	if (recognised.length < 2) return only;
	const items = recognised.map((found) => ({ ...rowOf(found), found }));
	return (await pickOne(items, { title, ignoreFocusOut: true, matchOnDescription: true }))?.found;
}

function rowOf({ secret, name, kind, repeats }: ParsedKey): PickItem & { readonly description: string } {
	const parts = [name, describeKind(kind), repeats > 0 ? l10n.t('repeated') : undefined];
	return { label: secret.mask, description: parts.filter((part) => part !== undefined).join(' · ') };
}

/** The key that a menu or another command passes, else the one that the user picks. Rejects where the passed one is gone. */
export async function keyFor(argument: unknown, keys: readonly Key[], title: string): Promise<Key | undefined> {
	const id = keyIdIn(argument);
	if (id !== undefined) {
		const key = keys.find((one) => one.id === id);
		if (!key) throw new KeyringError('noSuchKey');
		return key;
	}
	if (keys.length === 0) {
		void showInformation(l10n.t('There is no Gemini API key yet.'));
		return undefined;
	}
	const items = keys.map((key) => ({
		label: key.label,
		description: key.mask,
		key,
	}));
	return (await pickOne(items, { title, matchOnDescription: true }))?.key;
}

/** A key's id, or an object with a `keyId`, such as a tree row. */
function keyIdIn(argument: unknown): string | undefined {
	if (typeof argument === 'object' && argument !== null && 'keyId' in argument) {
		return keyIdIn(argument.keyId);
	}
	return typeof argument === 'string' ? argument : undefined;
}
