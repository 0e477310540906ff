/** What the chat needs of the editor; `extension.ts` hands it in. */
export interface EditorDoor {
	/** Puts code at the cursor of the editor that was used last. */
	insert(code: string): Promise<void>;
	/** Offers code in place of the selection, as a diff; resolves once that was decided. */
	apply(code: string): Promise<void>;
	/** Opens code in a new editor. `language` as an answer named it. */
	newFile(code: string, language: string): Promise<void>;
}
