import { ChatView, type ChatViewOptions } from './chatView';
import { Session, type SessionOptions } from './session';
import { mementoStore, type Memento } from './store';

export interface ChatParts
	extends Omit<ChatViewOptions, 'session' | 'now'>, Omit<SessionOptions, 'store' | 'onStoreError'> {
	/** Holds the conversations over a reload. */
	readonly memento: Memento;
	readonly warn: (text: string) => void;
}

/** The chat view over the conversations of this workspace. */
export function createChat(parts: ChatParts): ChatView {
	const session = new Session({
		...parts,
		store: mementoStore(parts.memento),
		onStoreError: (what, error) => {
			parts.warn(`conversation ${what}`);
			if (error !== undefined) parts.onError(error);
		},
	});
	return new ChatView({ ...parts, session, now: () => parts.clock.wall() });
}
