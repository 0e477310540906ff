import { l10n } from 'vscode';
import { SettingNotWritten } from '../../settings/writer';
import { orTold, showError } from '../../ui/messages';
import { KeyringError, type KeyringReason } from './secretStore';

/** Why the keyring refused, with the remedy. */
export function describeKeyringReason(reason: KeyringReason): string {
	switch (reason) {
		case 'storeRefused':
			return l10n.t('The system’s secret storage refused access. Unlock it and try again.');
		case 'changedElsewhere':
			return l10n.t('The keys were changed in another tab. Reload this window, then try again.');
		case 'noSuchKey':
			return l10n.t('That key is no longer there.');
		case 'noSuchProject':
			return l10n.t('That project is no longer there.');
		case 'badLabel':
			return l10n.t('A name has 1 to 60 characters on one line.');
		case 'labelTaken':
			return l10n.t('Another key has this name already.');
		case 'badValue':
			return l10n.t('That value is out of range.');
		case 'full':
			return l10n.t('Keypool keeps at most 1,000 keys. Remove some first.');
		case 'disposed':
			return l10n.t('Keypool is shutting down. Try again after the window has reloaded.');
	}
}

/** Shows that the secret storage refuses to hand out keys; resolves to whether to try again. */
export async function showLocked(): Promise<boolean> {
	const again = l10n.t('Try Again');
	const text = l10n.t(
		'Your keys cannot be read: the system’s secret storage refuses access. They are not lost. Unlock it, then try again.',
	);
	return (await showError(text, again)) === again;
}

/** Shows an error as one sentence, and passes all of it to `report`. */
export function showFailure(error: unknown, report: (error: unknown) => void): void {
	report(error);
	if (error instanceof KeyringError && error.reason === 'changedElsewhere') {
		void import('../check/otherTabs').then(({ showChangedElsewhere }) => showChangedElsewhere(showError));
		return;
	}
	if (error instanceof SettingNotWritten) {
		void showError(error.inWords(l10n.t));
		return;
	}
	void showError(
		error instanceof KeyringError
			? describeKeyringReason(error.reason)
			: l10n.t('That failed. See Keypool’s log for the reason.'),
	);
}

/** The same act; where it fails, that is shown as one sentence, and all of it passed to `report`. */
export function showingFailure<A extends unknown[]>(
	act: (...given: A) => Promise<void>,
	report: (error: unknown) => void,
): (...given: A) => Promise<void> {
	return orTold(act, (error) => showFailure(error, report));
}
