/** The commands of this room, known without reading what they do. */
export const editorCommandNames = [
	'keypool.acceptChange',
	'keypool.ask',
	'keypool.commitMessage',
	'keypool.document',
	'keypool.edit',
	'keypool.explainSelection',
	'keypool.fix',
	'keypool.rejectChange',
	'keypool.runBatchFile',
	'keypool.writeTests',
] as const;

export type EditorCommand = (typeof editorCommandNames)[number];
