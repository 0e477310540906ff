import { contextKeys } from '../../common/commands';

/**
 * Opens a list that was asked for in the chat. While it is open, Escape leads back to the chat (`keybindings` in the manifest):
 * VS Code gives the keyboard to the editor behind a list, and the question would be typed into a file. A click elsewhere also
 * closes the list, and keeps the focus where it went.
 */
export async function overChat<T>(open: () => Promise<T>): Promise<T> {
	const setContext = contextKeys();
	setContext('keypool.listOverChat', true);
	try {
		return await open();
	} finally {
		setContext('keypool.listOverChat', false);
	}
}
