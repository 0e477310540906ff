import { l10n, window } from 'vscode';
import { Failure } from '../pool/pool';
import { KeyringError, type Keyring } from './keyring';

/** A secret store that refuses, as the pool understands it: no key is at fault, and nothing was sent. */
export async function secretOrFailure(secret: Promise<string | undefined>): Promise<string | undefined> {
	try {
		return await secret;
	} catch (error) {
		if (!(error instanceof KeyringError)) throw error;
		throw new Failure({ act: 'fail', why: 'keysLocked' }, false, '');
	}
}

/**
 * Reads the keys at the start. Where the store refuses, as a locked keyring of the system does, it says so, because no key
 * in sight looks like keys that are lost, and tries again on a person's word. Resolves when the keys are there.
 */
export async function loadKeys(keyring: Pick<Keyring, 'load'>, report: (error: unknown) => void): Promise<void> {
	for (;;) {
		try {
			await keyring.load();
			return;
		} catch (error) {
			report(error);
			const again = l10n.t('Try Again');
			const text = l10n.t(
				'Your keys cannot be read: the secret storage of the system refuses. They are not lost. Unlock it, then try again.',
			);
			if ((await window.showErrorMessage(text, again)) !== again) throw error;
		}
	}
}
