import * as vscode from 'vscode';
import { registerCommands } from '../../common/commands';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { lazily, type Lazy } from '../../common/lazily';
import type { Question } from '../model/conversation';
import type { Chat, ChatParts } from './createChat';

/** The chat's place in the window. Its code and conversations are read when the view opens or something is asked. */
export class RegisteredChat implements vscode.WebviewViewProvider, Disposable {
	private readonly owned = new DisposableStore();
	private readonly chat: Lazy<Chat>;
	/** Everything was erased since the window opened. */
	private isErased = false;

	constructor(
		parts: () => Promise<ChatParts>,
		private readonly report: (error: unknown) => void,
		load: () => Promise<{ readonly createChat: (of: ChatParts) => Promise<Chat> }> = () => import('./createChat'),
	) {
		this.chat = lazily(async () => {
			const { createChat } = await load();
			const chat = this.owned.add(await createChat(await parts()));
			// A document that was closed then remembers still what was typed.
			if (this.isErased) chat.forgetTyped();
			return chat;
		});
		this.owned.add(vscode.window.registerWebviewViewProvider('keypool.chat', this));
		this.owned.add(
			registerCommands({
				'keypool.newConversation': async () => (await this.chat()).newConversation(),
				// VS Code hands something to what a button of a view runs, and nothing to what the palette runs.
				'keypool.conversations': async (...of) => (await this.chat()).showConversations(of.length > 0),
				'keypool.exportConversation': async () => (await this.chat()).exportConversation(),
			}),
		);
	}

	/** Opens the chat and asks there; resolves when the answer has ended. */
	async ask(question: Question): Promise<void> {
		await (await this.chat()).ask(question);
	}

	/** Lets go of the open conversation, stored or not; the others are the caller's to erase. */
	async forget(): Promise<void> {
		this.isErased = true;
		await (await this.chat.started())?.forget();
	}

	/** Before the window goes. Resolves when what had come of an answer is stored, marked as cut. */
	async leave(): Promise<void> {
		await (await this.chat.started())?.leave();
	}

	async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
		try {
			(await this.chat()).show(view);
		} catch (error) {
			this.report(error);
			throw error;
		}
	}

	dispose(): void {
		this.owned.dispose();
	}
}
