import { contextKeys } from '../../common/commands';

const setContext = contextKeys();
/** One that opens over another does so before that has ended. */
let lists = 0;

/**
 * Opens a list that was asked for in the chat. While it is open, Escape leads back to the chat (`keybindings` in the manifest):
 * VS Code gives the keyboard to the editor behind a list, and the question would be typed into a file. A click elsewhere also
 * closes the list, and keeps the focus where it went.
 */
export async function overChat<T>(open: () => Promise<T>): Promise<T> {
	setContext('keypool.listOverChat', ++lists > 0);
	try {
		return await open();
	} finally {
		setContext('keypool.listOverChat', --lists > 0);
	}
}
