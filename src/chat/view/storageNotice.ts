import { l10n } from 'vscode';
import { showWarning } from '../../ui/messages';
import type { StorageTrouble } from '../storage/conversationStore';

export interface StorageNoticeParts {
	/** Gets a line each time, also when no notice is shown. */
	readonly warn: (text: string) => void;
	readonly onError: (error: unknown) => void;
	/** ms since 1970. */
	readonly now: () => number;
}

/** ms. A window may be open for weeks: a disk that was full has had room since, and what it refuses then goes with the window. */
const againMs = 24 * 3_600_000;

/** ms. What could not be deleted is told again, since a person tries again; once where many files go together. */
const togetherMs = 2_000;

/** Damaged data, and a disk that refuses, are told once a day: the log has the rest. */
export function createStorageNotice({ warn, onError, now }: StorageNoticeParts) {
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
	const told = new Map<StorageTrouble, number>();
	return (what: StorageTrouble, error?: unknown): void => {
		warn(logged[what]);
		if (error !== undefined) onError(error);
		const at = now();
		if (Math.abs(at - (told.get(what) ?? -Infinity)) < (what === 'undeleted' ? togetherMs : againMs)) return;
		told.set(what, at);
		void showWarning(shown[what]);
	};
}
