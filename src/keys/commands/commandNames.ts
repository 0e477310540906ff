/** The commands of this room, known without reading what they do. */
export const keyCommandNames = [
	'keypool.addKey',
	'keypool.pasteKeys',
	'keypool.importKeys',
	'keypool.replaceKey',
	'keypool.checkKey',
	'keypool.checkAllKeys',
	'keypool.removeKey',
	'keypool.undoRemove',
] as const;

export type KeyCommand = (typeof keyCommandNames)[number];
