import { l10n } from 'vscode';
import type { Key, KeyId } from '../../pool/pool';
import { askText } from '../../ui/inputBox';
import { pickOne, type PickItem } from '../../ui/quickPick';
import type { CheckOutcome } from '../check/check';
import type { Keyring } from '../keyring/keyring';
import { labelProblem, nameOf } from './labelProblem';
import { describeOutcomeBriefly } from '../check/words';

type Row = PickItem & { readonly id?: KeyId };

/** The last step for several keys: offers to name each. The first row, or closing the list, ends it. */
export async function nameKeys(
	ids: readonly KeyId[],
	outcomes: ReadonlyMap<KeyId, CheckOutcome>,
	keyring: Keyring,
): Promise<void> {
	for (;;) {
		const keys = keyring.list().keys.filter(({ id }) => ids.includes(id));
		const rows: Row[] = keys.map(({ id, label, mask }) => ({
			label,
			description: `${mask} · ${describeOutcomeBriefly(outcomes.get(id) ?? { type: 'cancelled' })}`,
			id,
		}));
		const done: Row = { label: l10n.t('Done'), icon: 'check' };
		const title = l10n.t('Name the keys');
		const placeHolder = l10n.t('Choose a key to name it');
		const chosen = await pickOne([done, ...rows], {
			title,
			placeHolder,
			ignoreFocusOut: true,
		});
		const key = keys.find(({ id }) => id === chosen?.id);
		if (!key) return;
		await nameKey(key, keyring);
	}
}

/** Asks for a name; closing the box keeps the current one. */
export async function nameKey(key: Key, keyring: Keyring): Promise<void> {
	const label = await askText({
		title: l10n.t('Name of {0}', key.mask),
		prompt: l10n.t('The name appears in views, answers and the log.'),
		value: key.label,
		problem: (text) => {
			const others = keyring.list().keys.filter(({ id }) => id !== key.id);
			return labelProblem(
				text,
				others.map(({ label: taken }) => taken),
				l10n.t,
			);
		},
	});
	if (label !== undefined) await keyring.update(key.id, { label: nameOf(label) });
}
