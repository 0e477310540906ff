interface PressedKey {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly shiftKey: boolean;
	readonly altKey: boolean;
}

/** Whether a key asks to find. On a Mac Ctrl+F moves the cursor, as in each box there. */
export function isFindKey(event: PressedKey, system: string): boolean {
	const isHeld = /\bMac/.test(system) ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
	return isHeld && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'f';
}
