import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import { createAnswerCode, type AnswerCode } from './apply/answerCode';
import { ApplyDiff } from './apply/applyDiff';
import type { Records } from './batch/ownResults';
import { laterName } from './batch/laterName';
import type { BatchFilesParts } from './batch/runBatchFile';
import { editorCommands } from './commands/commands';
import {
	changesForChat,
	codeForChat,
	pickFile,
	pickFiles,
	readFile,
	type PickedFile,
	type Piece,
} from './context/chatContext';
import { FileSearch, type FoundFile } from './context/fileSearch';
import { openFile } from './context/openFile';
import { problemsForChat } from './context/problems';
import type { ChatApi } from './context/chatApi';

export interface EditorParts extends Omit<BatchFilesParts, 'records'> {
	readonly chat: ChatApi;
	/** Where it is kept which results of batches are ours. */
	readonly records: () => Promise<Records>;
}

/** The code of answers, and what goes along with a question. */
export interface EditorForChat extends AnswerCode {
	selection(): Promise<Piece | undefined>;
	changes(): Promise<Piece | undefined>;
	problems(): Promise<Piece | undefined>;
	findFiles(text: string): Promise<readonly FoundFile[]>;
	pickFile(uri: string): Promise<PickedFile | undefined>;
	openFile(named: string): Promise<void>;
	pickFiles(most: number): Promise<() => Promise<readonly PickedFile[]>>;
	readFile(address: string, lines?: Parameters<typeof readFile>[2]): ReturnType<typeof readFile>;
}

export interface Editor extends Disposable {
	readonly commands: ReturnType<typeof editorCommands>;
	readonly forChat: EditorForChat;
}

/** What is done in the editor: by commands, and for the chat. */
export function createEditor({ chat, records, ...tools }: EditorParts): Editor {
	const { assistant } = tools;
	const owned = new DisposableStore();
	const changes = owned.add(new ApplyDiff());
	const search = new FileSearch(assistant.files, assistant.now);
	const batch = lazily(async () => {
		const { createBatchFiles } = await import('./batch/runBatchFile');
		return owned.add(createBatchFiles({ ...tools, records: await records() }));
	});
	if (tools.memento.get(laterName) !== undefined) batch().catch(assistant.report);
	return {
		commands: editorCommands({ chat, assistant, changes, batch }),
		forChat: {
			...createAnswerCode(changes, (text) => assistant.heldKeys.keysIn(text)),
			selection: () => codeForChat(assistant.files),
			changes: changesForChat,
			problems: problemsForChat,
			findFiles: (text) => search.find(text),
			pickFile: (address) => pickFile(assistant.files, address),
			openFile: (named) => openFile(assistant.files, named),
			pickFiles: (most) => pickFiles(assistant.files, most),
			readFile: (address, lines) => readFile(assistant.files, address, lines),
		},
		dispose: () => owned.dispose(),
	};
}
