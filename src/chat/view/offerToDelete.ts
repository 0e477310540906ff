import { l10n } from 'vscode';
import type { Setting } from '../../settings/settings';
import { showInformation } from '../../ui/messages';
import type { Folder } from '../storage/folder';

/** Offers to delete what was stored before conversations ceased to be kept. */
export async function offerToDelete(onDisk: Folder, keep: Pick<Setting<boolean>, 'value'>): Promise<void> {
	const stored = await onDisk.names('');
	if (stored.length === 0) return;
	const remove = stored.length === 1 ? l10n.t('Delete It') : l10n.t('Delete Them');
	const text =
		stored.length === 1
			? l10n.t('Conversations are no longer stored. 1 older one is still on disk.')
			: l10n.t('Conversations are no longer stored. {0} older ones are still on disk.', stored.length);
	if ((await showInformation(text, remove)) !== remove) return;
	// The notice can be old by then: what is kept since is nobody's older one.
	if (keep.value) void showInformation(l10n.t('Conversations are stored again. Nothing was deleted.'));
	else await onDisk.remove('');
}
