import { l10n } from 'vscode';
import type { FileRefused } from './disk';

/** Why a workspace file is not read or written, as a sentence with its name. */
export function describeRefusal({ reason, file }: FileRefused): string {
	switch (reason) {
		case 'link':
			return l10n.t(
				'{0} is, or is behind, a link that leads out of the workspace. It was neither read nor written.',
				file,
			);
		case 'noFile':
			return l10n.t('{0} is not a file.', file);
		case 'tooLarge':
			return l10n.t('{0} is too large.', file);
	}
}
