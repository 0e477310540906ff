import type { Window } from '../window/window';

/** Adds keys by hand: a browser lends none to a window. */
export async function addKeys(window: Window, secrets: readonly string[]): Promise<void> {
	await window.paletteInput('Keypool: Add Keys…', secrets.join(','));
	if (secrets.length === 1) return;
	await window.accept(window.quickInputTitle('Store Gemini keys'));
}
