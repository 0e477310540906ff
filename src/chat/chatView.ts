import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { Off } from '../pool/pool';
import { pageHtml } from '../webviews/html';
import { Messages, WordedError } from '../webviews/messages';
import type { ChatEvent, ChatRequest, ChatState } from '../webviews/protocol';
import { chatRequest } from '../webviews/schema';
import type { Question } from './conversation';
import type { EditorDoor } from './editorDoor';
import { openLink } from './links';
import { Outbox } from './outbox';
import { answerView, turnView } from './projection';
import type { Session, SessionChange } from './session';
import { chatStrings } from './strings';
import type { Wording } from './wording';

export interface ChatViewOptions {
	readonly extensionUri: vscode.Uri;
	/** Becomes the view's own. */
	readonly session: Session;
	readonly words: Wording;
	/** ms since 1970. */
	readonly now: () => number;
	/** Unguessable, new at each call. */
	readonly newNonce: () => string;
	/** Names of the models to choose from. */
	readonly models: (signal: AbortSignal) => Promise<readonly string[]>;
	readonly editor: EditorDoor;
	readonly keys: { any(): boolean; onDidChange(listener: () => void): Off };
	readonly onError: (error: unknown) => void;
}

/** The chat in the side bar. Its document comes and goes; the session stays. */
export class ChatView implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly outbox: Outbox;
	private messages: Messages<ChatRequest, ChatEvent> | undefined;

	constructor(private readonly options: ChatViewOptions) {
		this.outbox = new Outbox(
			(event) => this.messages?.notify(event) ?? Promise.resolve(false),
			() => this.state(),
		);
		this.owned.add(options.session);
		this.owned.add({ dispose: options.session.onDidChange((change) => this.tell(change)) });
		this.owned.add({
			dispose: options.keys.onDidChange(() => this.outbox.add({ type: 'hasKeys', hasKeys: options.keys.any() })),
		});
		this.owned.add({ dispose: () => this.messages?.dispose() });
	}

	/**
	 * Opens the view and asks there. Resolves when the answer has ended. Where another answer runs, the user decides;
	 * resolves at once when that one is to go on.
	 */
	async ask(question: Question): Promise<void> {
		await vscode.commands.executeCommand('keypool.chat.focus');
		if (!this.options.session.running || (await mayStop(vscode.l10n.t('Stop and Ask')))) {
			await this.options.session.ask(question);
		}
	}

	/** Opens the view with an empty conversation; the old one stays stored. */
	async newConversation(): Promise<void> {
		await vscode.commands.executeCommand('keypool.chat.focus');
		if (!this.options.session.running || (await mayStop(vscode.l10n.t('Stop')))) {
			this.options.session.startAnew();
		}
	}

	/** Fills a view that has opened. */
	show(view: vscode.WebviewView): void {
		const { webview } = view;
		const dist = vscode.Uri.joinPath(this.options.extensionUri, 'dist');
		const asset = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
		webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [dist] };
		this.messages?.dispose();
		const messages = new Messages<ChatRequest, ChatEvent>(webview, {
			schema: chatRequest,
			handle: (request, signal) => this.handle(request, signal),
			failed: vscode.l10n.t('That did not work. The log of Keypool says why.'),
			onError: this.options.onError,
		});
		this.messages = messages;
		view.onDidDispose(() => messages.dispose());
		webview.html = pageHtml({
			title: vscode.l10n.t('Chat'),
			locale: vscode.env.language,
			cspSource: webview.cspSource,
			nonce: this.options.newNonce(),
			script: asset('chat.js'),
			styles: [asset('codicon.css'), asset('chat.css')],
		});
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** The view shows at once what happens; a reply says only that the request was taken. */
	private async handle(request: ChatRequest, signal: AbortSignal): Promise<void> {
		const { session } = this.options;
		switch (request.type) {
			case 'ready':
				return this.outbox.refresh();
			case 'send':
				return this.send(request.text);
			case 'stop':
				return session.stop();
			case 'retry':
				this.refuseWhileRunning();
				return this.follow(session.retry(request.turn));
			case 'anotherModel':
				return this.chooseModel(signal);
			case 'act':
				return this.act(request.turn);
			case 'addKey':
				return vscode.commands.executeCommand('keypool.addKey');
			case 'openLink':
				return openLink(request.href);
			case 'copy':
				return vscode.env.clipboard.writeText(request.text);
			case 'code':
				return this.putCode(request);
		}
	}

	/** A diff stays open for as long as the user thinks about it: nobody waits for that. */
	private putCode({ act, code, language }: Extract<ChatRequest, { type: 'code' }>): Promise<void> | undefined {
		const { editor, onError } = this.options;
		switch (act) {
			case 'insert':
				return editor.insert(code);
			case 'newFile':
				return editor.newFile(code, language);
			case 'apply':
				editor.apply(code).catch(onError);
				return undefined;
		}
	}

	private send(text: string): void {
		this.refuseWhileRunning();
		if (text.trim() !== '') {
			this.follow(this.options.session.ask({ text, origin: 'chat', attachments: [] }));
		}
	}

	private refuseWhileRunning(): void {
		if (this.options.session.running) {
			throw new WordedError(vscode.l10n.t('An answer is still running. Stop it first.'));
		}
	}

	/** An answer's own failure is part of the conversation; anything else is a fault of ours. */
	private follow(answer: Promise<void>): void {
		answer.catch(this.options.onError);
	}

	private async chooseModel(signal: AbortSignal): Promise<void> {
		const models = await this.options.models(signal);
		const chosen = await vscode.window.showQuickPick([...models], {
			title: vscode.l10n.t('Another Model'),
			placeHolder: vscode.l10n.t('The question that waits goes to this model'),
		});
		if (chosen !== undefined && !signal.aborted) {
			this.options.session.useModel(chosen);
		}
	}

	private async act(id: string): Promise<void> {
		const answer = this.options.session.turn(id)?.answer;
		const action = answer?.is === 'failed' ? this.options.words.sayReason(answer.why, answer.facts).action : undefined;
		if (action) {
			await vscode.commands.executeCommand(action.command);
		}
	}

	private tell(change: SessionChange): void {
		const { words, now } = this.options;
		switch (change.type) {
			case 'conversation':
				return this.outbox.reset();
			case 'turn':
				return this.outbox.add({ type: 'turn', turn: turnView(change.turn, words, now()) });
			case 'answer':
				return this.outbox.add({
					type: 'answer',
					turn: change.turn,
					state: answerView(change.answer, words, now()),
				});
			case 'append':
			case 'retract':
				return this.outbox.add(change);
		}
	}

	private state(): ChatState {
		const { session, words, now, keys } = this.options;
		return {
			locale: vscode.env.language,
			strings: chatStrings(words.t),
			hasKeys: keys.any(),
			turns: session.conversation.turns.map((turn) => turnView(turn, words, now())),
		};
	}
}

async function mayStop(stop: string): Promise<boolean> {
	const text = vscode.l10n.t('An answer is still running in the chat.');
	return (await vscode.window.showInformationMessage(text, stop)) === stop;
}
