import { l10n } from 'vscode';
import { FileRefused } from './disk';

/** Why a workspace file is not read or written, as a sentence with its name. */
export function describeRefusal({ reason, file }: FileRefused): string {
	switch (reason) {
		case 'link':
			return l10n.t(
				'{0} is, or is behind, a link that leads out of the workspace, or its folder is gone. It was neither read nor written.',
				file,
			);
		case 'noFile':
			return l10n.t('{0} is not a file.', file);
		case 'tooLarge':
			return l10n.t('{0} is too large.', file);
		case 'alone':
			return l10n.t(
				'{0} is out of reach: the browser gave a single file, without the folder around it. Open that folder in this window, then try again.',
				file,
			);
		case 'notWritten':
			return l10n.t(
				'{0} cannot be written. Make sure that there is room, that you may write there, and that no other program has it open; then try again.',
				file,
			);
	}
}

/** What a write threw, as something that can be told. */
export function asRefusal(error: unknown, file: string): FileRefused {
	return error instanceof FileRefused ? error : new FileRefused('notWritten', file, { cause: error });
}
