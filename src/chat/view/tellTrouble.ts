import { l10n } from 'vscode';
import { showWarning } from '../../ui/messages';
import type { StorageTrouble } from '../storage/conversationStore';

export interface TellTroubleParts {
	readonly warn: (text: string) => void;
	readonly onError: (error: unknown) => void;
}

/**
 * Damaged data, and a disk that refuses, are told once a window: the log has the rest. That something could not be deleted is
 * told each time, since a person tries that again.
 */
export function tellTrouble({ warn, onError }: TellTroubleParts): (what: StorageTrouble, error?: unknown) => void {
	const logged: Readonly<Record<StorageTrouble, string>> = {
		damaged: 'a stored conversation is damaged and was set aside',
		unsaved: 'a conversation could not be stored',
		undeleted: 'a conversation, or a part of one, could not be deleted',
	};
	const shown: Readonly<Record<StorageTrouble, string>> = {
		damaged: l10n.t('Part of your stored conversations could not be read. It was set aside.'),
		unsaved: l10n.t('A conversation could not be stored. It stays here until the window closes.'),
		undeleted: l10n.t('A conversation, or a part of it, could not be deleted and is still stored. Try again.'),
	};
	const told = new Set<StorageTrouble>();
	return (what, error) => {
		warn(logged[what]);
		if (error !== undefined) onError(error);
		if (told.has(what)) return;
		if (what !== 'undeleted') told.add(what);
		void showWarning(shown[what]);
	};
}
