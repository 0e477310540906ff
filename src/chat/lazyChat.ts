import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { Chat } from './createChat';
import type { Question } from './conversation';

/** The chat, whose code and conversations are read when its view opens or something is asked. */
export class LazyChat implements vscode.WebviewViewProvider, Disposable {
	private readonly owned = new DisposableStore();
	private loaded: Promise<Chat> | undefined;

	constructor(
		private readonly load: () => Promise<Chat>,
		private readonly report: (error: unknown) => void,
	) {
		this.owned.add(vscode.window.registerWebviewViewProvider('keypool.chat', this));
		const commands = {
			'keypool.newConversation': (chat: Chat) => chat.newConversation(),
			'keypool.conversations': (chat: Chat) => chat.showConversations(),
			'keypool.exportConversation': (chat: Chat) => chat.exportConversation(),
		};
		for (const [name, run] of Object.entries(commands)) {
			this.owned.add(vscode.commands.registerCommand(name, async () => run(await this.view())));
		}
	}

	/** Opens the chat and asks there; resolves when the answer has ended. */
	async ask(question: Question): Promise<void> {
		await (await this.view()).ask(question);
	}

	/** Lets go of all conversations; the store is the caller's to erase. */
	async forget(): Promise<void> {
		await (await this.loaded)?.forget();
	}

	async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
		try {
			(await this.view()).show(view);
		} catch (error) {
			this.report(error);
			throw error;
		}
	}

	dispose(): void {
		this.owned.dispose();
	}

	private view(): Promise<Chat> {
		return (this.loaded ??= this.load().then((view) => this.owned.add(view)));
	}
}
