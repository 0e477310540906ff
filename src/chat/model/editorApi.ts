import type { Attachment } from './attachment';
import type { PickedFile, ReadFile } from './pendingAttachments';

/** What the chat needs of the editor; `extension.ts` hands it in. Each tells the person where it cannot do what it should. */
export interface EditorApi {
	/** Puts code at the cursor of the editor that was used last. */
	insert(code: string): Promise<void>;
	/** Offers code in place of the selection, as a diff; resolves once that was decided. */
	apply(code: string): Promise<void>;
	/** Opens code in a new editor. `language` as an answer named it. */
	newFile(code: string, language: string): Promise<void>;
	/** The selection, the symbol at the cursor or the visible lines; undefined where there is nothing to send. */
	selection(): Promise<Attachment | undefined>;
	/** The changes that wait to be committed; undefined where there are none to send. */
	changes(): Promise<Attachment | undefined>;
	/** Lets a person choose files. */
	pickFiles(): Promise<readonly PickedFile[]>;
	/** Reads a chosen file. Secrets go only after a person was asked. */
	readonly readFile: ReadFile;
}
