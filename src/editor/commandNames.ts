/** The commands of this room, known without reading what they do. */
export const editorCommandNames = ['keypool.ask', 'keypool.explainSelection'] as const;

export type EditorCommand = (typeof editorCommandNames)[number];
