import * as vscode from 'vscode';
import { askWarning, showInformation } from '../../ui/messages';
import { contextOverflow } from '../../ask';
import { DisposableStore } from '../../common/dispose';
import { maxTokens, textsOf } from '../../gemini/request/requestSize';
import type { Gemini } from '../../gemini/gemini';
import type { HeldKeys } from '../../keys/commands/heldKeys';
import type { LeaderElection, PoolFacts } from '../../pool/pool';
import type { Setting } from '../../settings/settings';
import { AnswerLock } from '../session/answerLock';
import { Mentions } from '../session/mentions';
import { QuestionController } from '../session/questionController';
import { QuestionQueue } from '../session/questionQueue';
import { ConversationSync } from '../session/conversationSync';
import { ChatView, type ChatViewOptions } from './chatView';
import { exportConversation, showConversations } from './conversationsPick';
import { listsOverChat } from './overChat';
import { settledPool } from './settledPool';
import { offerToDelete } from './offerToDelete';
import { createStorageNotice } from './storageNotice';
import type { Conversation, Question } from '../model/conversation';
import { PendingAttachments } from '../model/pendingAttachments';
import { QuestionSize } from '../model/questionSize';
import type { Folder } from '../storage/folder';
import { openConversationStore } from '../storage/openConversationStore';
import { maxConversations } from '../storage/conversationStore';
import { alone } from '../model/prompt';
import { ChatSession } from '../session/session';
import type { ChatSessionOptions } from '../session/sessionOptions';
import type { Translate } from '../model/wording';
import { workspaceName } from '../storage/workspaceName';

export interface ChatParts
	extends
		Pick<ChatViewOptions, 'extensionUri' | 'newNonce' | 'editor' | 'pool' | 'model' | 'generation' | 'catalogue'>,
		Pick<ChatSessionOptions, 'ask' | 'labelOf' | 'clock' | 'newId'> {
	readonly words: ChatViewOptions['words'] & {
		describeTime(at: number, now: number): string;
	};
	/** Where conversations of all workspaces are kept on disk. */
	readonly storage: vscode.Uri;
	/** A folder of our own there. */
	readonly folderAt: (root: vscode.Uri) => Promise<Folder>;
	/** Remembers which conversation was open. */
	readonly memento: vscode.Memento;
	/** False: conversations are gone with the window. */
	readonly keep: Pick<Setting<boolean>, 'value' | 'onDidChange'>;
	/** Of a prompt as it is sent: with what the setting says. */
	readonly cost: Gemini['cost'];
	readonly heldKeys: Pick<HeldKeys, 'mayBeSent'>;
	/** Who answers what, among the windows that share the stored conversations. */
	readonly election: Pick<LeaderElection, 'tryAcquire' | 'remoteRoles' | 'onDidChange'>;
	readonly warn: (text: string) => void;
	readonly onError: (error: unknown) => void;
}

/** What `extension.ts` does with the chat. */
export interface Chat extends Pick<ChatView, 'ask' | 'newConversation' | 'show' | 'dispose'> {
	/** `isFromChat`: by a button of the chat. */
	showConversations(isFromChat: boolean): void;
	exportConversation(): Promise<void>;
	/** Lets go of the conversation on screen and of what is stored of it; others are the caller's to erase, once this has resolved. */
	forget(): Promise<void>;
	/** Lets go of what was typed and not sent. */
	forgetTyped(): void;
	/** Before the window goes. Resolves when what had come of an answer is stored, marked as cut; nothing is asked after. */
	leave(): Promise<void>;
}

/** The conversation that was open last, by workspace. */
const openKey = 'keypool.chat.open';

/** Input tokens of a model of which the service has not told them yet: those of today's models. */
const usualInputLimit = 1_048_576;

/** The chat view over the conversations of this workspace. */
export async function createChat(parts: ChatParts): Promise<Chat> {
	const { catalogue, clock, keep, memento, model, newId, words, editor, onError } = parts;
	const owned = new DisposableStore();
	const { workspaceFile, workspaceFolders } = vscode.workspace;
	const name = await workspaceName({ workspaceFile, workspaceFolders }, memento, onError);
	const root = vscode.Uri.joinPath(parts.storage, name);
	const onDisk = await parts.folderAt(root);
	const kept = owned.add(
		openConversationStore({
			keep,
			onDisk,
			current: (): Conversation => session.conversation,
			now: clock.wall,
			onTrouble: createStorageNotice({ warn: parts.warn, onError, now: clock.wall }),
			onFull: tellFullOnce(words.t, () => void openConversations()),
			onRemoved: (id) => queue.forget(id),
			onDropped: () => void offerToDelete(onDisk, keep, onError).catch(onError),
		}),
	);
	const { library } = kept;
	const inputLimit = (name: string): number => catalogue.inputLimit(name) ?? usualInputLimit;
	const answering = owned.add(new AnswerLock(parts.election, onError));
	const last = memento.get(openKey);
	const session = new ChatSession({
		...parts,
		library,
		answering,
		current: typeof last === 'string' ? await library.open(last) : undefined,
		inputLimit: (name) => inputLimit(name ?? model.value),
		weigh: (prompt) => maxTokens(parts.cost(prompt)),
	});
	owned.add(new ConversationSync(session, answering, clock, onError));
	owned.add(
		session.onDidChange(({ type }) => {
			if (type === 'conversation' || type === 'turn') {
				const { id, turns } = session.conversation;
				memento.update(openKey, turns.length > 0 ? id : undefined).then(undefined, onError);
			}
		}),
	);
	const excess = (question: Question): PoolFacts | undefined => {
		const { options } = session.conversation;
		return contextOverflow(parts.cost(alone(options, question)), options.model ?? model.value, catalogue);
	};
	const draft = new PendingAttachments(newId, onError);
	const mayBeSent = (question: Question): Promise<boolean> =>
		parts.heldKeys.mayBeSent(textsOf(alone(session.conversation.options, question)));
	const queue: QuestionQueue = owned.add(new QuestionQueue(session, (id) => asking.askQueued(id), onError));
	const overChat = listsOverChat();
	const asking: QuestionController = new QuestionController({
		session,
		draft,
		queue,
		newId,
		// Until the list is closed: to read what was chosen can take long.
		editor: { ...editor, pickFiles: (most) => overChat(() => editor.pickFiles(most)) },
		mayDrop,
		words,
		excessOf: excess,
		mayBeSent,
		onError,
	});
	const view = owned.add(
		new ChatView({
			...{ ...parts, session, draft, queue, asking, mayBeSent, inputLimit, overChat },
			pool: settledPool(parts.pool, clock),
			mentions: new Mentions(editor, words.t),
			size: new QuestionSize(parts.cost),
			now: () => clock.wall(),
		}),
	);
	const openConversations = (isFromChat = false): Promise<void> =>
		showConversations({
			isFromChat,
			library,
			session,
			answering,
			editor,
			sayTime: (at) => words.describeTime(at, clock.wall()),
			t: words.t,
			onError,
		});
	return {
		ask: (question) => view.ask(question),
		newConversation: () => view.newConversation(),
		show: (webview) => view.show(webview),
		showConversations: (isFromChat) =>
			void (isFromChat ? overChat(() => openConversations(true)) : openConversations()),
		exportConversation: () => exportConversation(session.conversation, { editor, t: words.t }),
		forget: async () => {
			queue.clear();
			draft.clear();
			await session.forget();
			view.forget();
			await kept.forget();
		},
		forgetTyped: () => view.forget(),
		leave: () => {
			session.dispose();
			return library.flush();
		},
		dispose: () => owned.dispose(),
	};
}

/** Whether the questions after one that is asked anew may go. */
async function mayDrop(turns: number): Promise<boolean> {
	const resend = vscode.l10n.t('Ask Again');
	const text =
		turns === 1
			? vscode.l10n.t('This deletes the later question and its answer.')
			: vscode.l10n.t('This deletes the {0} later questions and their answers.', turns);
	return (await askWarning(text, undefined, resend)) === resend;
}

/** Once a window. */
function tellFullOnce(t: Translate, open: () => void): (oldest: string) => void {
	let told = false;
	return (oldest) => {
		if (told) return;
		told = true;
		const show = t('Show Conversations');
		const text = t(
			'The {0} newest conversations of a workspace are kept: each new one deletes the oldest. “{1}” goes next.',
			maxConversations,
			oldest === '' ? t('Conversation') : oldest,
		);
		void showInformation(text, show).then((chosen) => {
			if (chosen === show) open();
		});
	};
}
