import { commands, l10n, window } from 'vscode';
import { FirstRead, type FirstReadParts } from './firstRead';

/** The first reading of the keys, with what a person sees of it where the store refuses. */
export function firstRead(parts: Omit<FirstReadParts, 'refused'>): FirstRead {
	const first = new FirstRead({
		...parts,
		refused: async () => {
			const again = l10n.t('Try Again');
			const text = l10n.t(
				'Your keys cannot be read: the secret storage of the system refuses. They are not lost. Unlock it, then try again.',
			);
			return (await window.showErrorMessage(text, again)) === again;
		},
		turned: () => {
			void commands.executeCommand('setContext', 'keypool.keysLocked', first.isLocked);
			parts.turned();
		},
	});
	return first;
}
