import { l10n } from 'vscode';
import type { KeyId } from '../../pool/pool';
import { showInformation } from '../../ui/messages';
import type { Keyring } from '../keyring/keyring';
import { sharedProjectMatches } from '../check/sameProject';

/** Suggests grouping keys for which the service named the same project. */
export async function suggestSameProject(among: readonly KeyId[], keyring: Keyring): Promise<void> {
	for (const match of sharedProjectMatches(keyring.list(), among)) {
		const combine = l10n.t('Put Them Together');
		const text = l10n.t(
			'The service says that {0} belongs to the same project as {1}: they share one quota.',
			match.key.label,
			match.with.label,
		);
		if ((await showInformation(text, combine)) === combine) {
			await keyring.update(match.key.id, { project: match.project });
		}
	}
}
