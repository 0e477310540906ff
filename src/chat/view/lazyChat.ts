import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { lazily, type Lazy } from '../../common/lazily';
import { registerLazily } from '../../common/lazyCommands';
import type { Chat } from './createChat';
import type { Question } from '../model/conversation';

/** The chat, whose code and conversations are read when its view opens or something is asked. */
export class LazyChat implements vscode.WebviewViewProvider, Disposable {
	private readonly owned = new DisposableStore();
	private readonly chat: Lazy<Chat>;

	constructor(
		load: () => Promise<Chat>,
		private readonly report: (error: unknown) => void,
	) {
		this.chat = lazily(async () => this.owned.add(await load()));
		this.owned.add(vscode.window.registerWebviewViewProvider('keypool.chat', this));
		const names = ['keypool.newConversation', 'keypool.conversations', 'keypool.exportConversation'] as const;
		this.owned.add(
			registerLazily(names, async () => {
				const chat = await this.chat();
				return {
					'keypool.newConversation': () => chat.newConversation(),
					'keypool.conversations': () => chat.showConversations(),
					'keypool.exportConversation': () => chat.exportConversation(),
				};
			}),
		);
	}

	/** Opens the chat and asks there; resolves when the answer has ended. */
	async ask(question: Question): Promise<void> {
		await (await this.chat()).ask(question);
	}

	/** Lets go of the open conversation, stored or not; the others are the caller's to erase. */
	async forget(): Promise<void> {
		await (await this.chat.begun())?.forget();
	}

	/** Before the window goes. Resolves when what had come of an answer is stored, marked as cut. */
	async leave(): Promise<void> {
		await (await this.chat.begun())?.leave();
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
