import { contextKeys } from '../../common/commands';

/** Opens a list or a box; resolves to what it gave. */
export type OverChat = <T>(open: () => Promise<T>) => Promise<T>;

/**
 * For lists and boxes that are asked for in the chat. While one is open, Escape leads back to the chat (`keybindings` in the
 * manifest): VS Code gives the keyboard to the editor behind it, and the question would be typed into a file. A click elsewhere
 * also closes a list, and keeps the focus where it went.
 */
export function listsOverChat(): OverChat {
	const setContext = contextKeys();
	// One that opens over another one does so before that has ended.
	let open = 0;
	const count = (change: 1 | -1): void => setContext('keypool.listOverChat', (open += change) > 0);
	return async (show) => {
		count(1);
		try {
			return await show();
		} finally {
			count(-1);
		}
	};
}
