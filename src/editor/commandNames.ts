/** The commands of this room, known without reading what they do. */
export const editorCommandNames = [
	'keypool.acceptChange',
	'keypool.ask',
	'keypool.explainSelection',
	'keypool.rejectChange',
] as const;

export type EditorCommand = (typeof editorCommandNames)[number];
