import type { Attachment } from './attachment';
import type { PickedFile, ReadFile } from './pendingAttachments';

/** A file that can be mentioned. */
export interface FoundFile {
	readonly uri: string;
	readonly name: string;
	/** Relative to the workspace where it is in one. */
	readonly path: string;
}

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
	/** What the editor reports about the workspace; undefined where there is nothing to send. */
	problems(): Promise<Attachment | undefined>;
	/** Files by a part of their name or path, those that are open first; none that may hold secrets. */
	findFiles(text: string): Promise<readonly FoundFile[]>;
	/** A file that was found, to go along; undefined where it cannot. */
	pickFile(uri: string): Promise<PickedFile | undefined>;
	/** Shows a file of the workspace, as an answer names it (`src/a.ts:12`). */
	openFile(named: string): Promise<void>;
	/** Lets a person choose files; resolves to what reads them. */
	pickFiles(most: number): Promise<() => Promise<readonly PickedFile[]>>;
	/** Reads a chosen file. Secrets go only after a person was asked. */
	readonly readFile: ReadFile;
}
