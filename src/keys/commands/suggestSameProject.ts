import { l10n } from 'vscode';
import type { KeyId } from '../../pool/pool';
import { showInformation } from '../../ui/messages';
import type { Keyring } from '../keyring/keyring';
import { sharedProjectMatches } from '../check/sameProject';

/** Suggests to put keys together that the service has said to be of one project. */
export async function suggestSameProject(among: readonly KeyId[], keyring: Keyring): Promise<void> {
	for (const twin of sharedProjectMatches(keyring.list(), among)) {
		const together = l10n.t('Put Them Together');
		const text = l10n.t(
			'The service says that {0} is of the same project as {1}: they share one quota.',
			twin.key.label,
			twin.with.label,
		);
		if ((await showInformation(text, together)) === together) {
			await keyring.update(twin.key.id, { project: twin.project });
		}
	}
}
