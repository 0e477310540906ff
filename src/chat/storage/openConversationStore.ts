import type { Disposable } from '../../common/dispose';
import type { Setting } from '../../settings/settings';
import type { Conversation } from '../model/conversation';
import { memoryFolder, type Folder } from './folder';
import { ConversationStore, type ConversationStoreOptions } from './conversationStore';

export interface ConversationStoreParts extends Pick<
	ConversationStoreOptions,
	'now' | 'onTrouble' | 'onFull' | 'onRemoved'
> {
	/** False: conversations are gone with the window. */
	readonly keep: Pick<Setting<boolean>, 'value' | 'onDidChange'>;
	readonly onDisk: Folder;
	/** The conversation on screen: it moves along when the setting changes. */
	readonly current: () => Conversation | undefined;
	/** From now on nothing is kept; what is on disk from before stays until somebody deletes it. */
	readonly onDropped: () => void;
}

/** The library on disk while conversations are kept, and in memory while they are not. */
export function openConversationStore(
	parts: ConversationStoreParts,
): { readonly library: ConversationStore; forget(): Promise<void> } & Disposable {
	const { keep, onDisk, current, onDropped, ...others } = parts;
	const inMemory = memoryFolder();
	/** What is deleted must not come back once the setting changes again. */
	const remove = (path: string): Promise<void> => inMemory.remove(path).then(() => onDisk.remove(path));
	const kept: Folder = { ...onDisk, remove };
	const unkept: Folder = { ...inMemory, remove };
	const library = new ConversationStore({
		...others,
		folder: () => (keep.value ? kept : unkept),
	});
	const registration = keep.onDidChange(() => {
		const conversation = current();
		if (conversation && conversation.turns.length > 0) void library.saveAll(conversation);
		if (!keep.value) onDropped();
	});
	return {
		library,
		/** What is on disk, the caller erases. */
		forget: async () => {
			await library.flush();
			await inMemory.remove('');
		},
		dispose: () => registration.dispose(),
	};
}
