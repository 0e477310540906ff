import { l10n } from 'vscode';
import type { Setting } from '../../settings/settings';
import { showInformation } from '../../ui/messages';
import type { Folder } from '../storage/folder';

/** Offers to delete what was stored before conversations ceased to be kept. */
export async function offerToDelete(
	onDisk: Folder,
	keep: Pick<Setting<boolean>, 'value'>,
	onError: (error: unknown) => void,
): Promise<void> {
	const stored = await onDisk.names('');
	if (stored.length === 0) return;
	const remove = l10n.t('Delete');
	let text =
		stored.length === 1
			? l10n.t('Conversations are no longer stored. 1 older one is still on disk.')
			: l10n.t('Conversations are no longer stored. {0} older ones are still on disk.', stored.length);
	while ((await showInformation(text, remove)) === remove) {
		// The notice can be old by then: what is kept since is nobody's older one.
		if (keep.value) return void showInformation(l10n.t('Conversations are stored again. Nothing was deleted.'));
		try {
			return await onDisk.remove('');
		} catch (error) {
			onError(error);
			text = l10n.t('A conversation, or a part of it, could not be deleted and is still stored. Try again.');
		}
	}
}
