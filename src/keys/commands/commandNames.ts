/** The names of this folder's commands. Their code is loaded on first use. */
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
