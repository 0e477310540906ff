import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { ChatView } from './chatView';
import type { Question } from './conversation';

/** The chat, whose code and conversations are read when its view opens or something is asked. */
export class LazyChat implements vscode.WebviewViewProvider, Disposable {
	private readonly owned = new DisposableStore();
	private loaded: Promise<ChatView> | undefined;

	constructor(
		private readonly load: () => Promise<ChatView>,
		private readonly report: (error: unknown) => void,
	) {
		this.owned.add(vscode.window.registerWebviewViewProvider('keypool.chat', this));
		this.owned.add(vscode.commands.registerCommand('keypool.newConversation', () => this.newConversation()));
	}

	/** Opens the chat and asks there; resolves when the answer has ended. */
	async ask(question: Question): Promise<void> {
		await (await this.view()).ask(question);
	}

	/** Lets go of all conversations; the store is the caller's to erase. */
	async forget(): Promise<void> {
		(await this.loaded)?.forget();
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

	private async newConversation(): Promise<void> {
		await (await this.view()).newConversation();
	}

	private view(): Promise<ChatView> {
		return (this.loaded ??= this.load().then((view) => this.owned.add(view)));
	}
}
