import * as vscode from 'vscode';
import { oneLine } from '../../ui/safeText';
import { DisposableStore, type Disposable } from '../../common/dispose';
import type { GenerationOptions } from '../../generation/options';
import type { Setting } from '../../settings/settings';
import { showInformation } from '../../ui/messages';
import { Messages, WordedError } from '../../webviews/messages';
import { openPage } from '../../webviews/page';
import type { ChatEvent, ChatRequest, ChatState, PanelView, SizeView } from '../../webviews/protocol';
import { chatRequest } from '../../webviews/schema';
import type { Mentions } from '../session/mentions';
import type { QuestionController } from '../session/questionController';
import type { QuestionQueue } from '../session/questionQueue';
import { bannerOver, type Banner } from './banner';
import type { ModelListCache } from './modelListCache';
import { isRunning } from '../model/answer';
import { isFull, titleOf, type Question } from '../model/conversation';
import { freeQuota } from '../model/freeQuota';
import type { QuestionSize } from '../model/questionSize';
import type { PendingAttachments } from '../model/pendingAttachments';
import type { EditorApi } from '../model/editorApi';
import { copyText } from '../model/copyText';
import { openLink } from './links';
import { mayStop } from './mayStop';
import { pickModel } from './modelPick';
import type { OverChat } from './overChat';
import { WebviewSync } from './webviewSync';
import { pictureById } from './pictures';
import type { ChatPool } from './settledPool';
import { answerView, fullInWords, leftInWords, turnView } from './projection';
import type { ChatSession } from '../session/session';
import type { ChatSessionChange } from '../session/sessionChange';
import { slashDescriptions } from '../model/slashCommand';
import { chatStrings } from './strings';
import type { Wording } from '../model/wording';

export interface ChatViewOptions {
	readonly extensionUri: vscode.Uri;
	/** Becomes the view's own. */
	readonly session: ChatSession;
	readonly draft: PendingAttachments;
	readonly asking: QuestionController;
	readonly queue: QuestionQueue;
	readonly mentions: Mentions;
	readonly size: QuestionSize;
	/** Input tokens that a model takes in. */
	readonly inputLimit: (model: string) => number;
	/** False where a question holds one of the person's keys and is not to be sent. */
	readonly mayBeSent: (question: Question) => Promise<boolean>;
	readonly catalogue: ModelListCache;
	readonly words: Wording;
	/** ms since 1970. */
	readonly now: () => number;
	/** Unguessable, new at each call. */
	readonly newNonce: () => string;
	/** The model where a conversation names none. */
	readonly model: Pick<Setting<string>, 'value' | 'onDidChange'>;
	/** How answers are made where a conversation does not say. */
	readonly generation: Pick<Setting<GenerationOptions>, 'value' | 'onDidChange'>;
	readonly editor: EditorApi;
	readonly pool: ChatPool;
	readonly overChat: OverChat;
	readonly onError: (error: unknown) => void;
}

/** The chat in the side bar. Its document comes and goes; the session stays. */
export class ChatView implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly outbox: WebviewSync;
	private messages: Messages<ChatRequest, ChatEvent> | undefined;
	private view: vscode.WebviewView | undefined;
	private host: Pick<ChatState, 'host' | 'isHostErased'>;
	/** The question that was sent last, and what becomes of it. */
	private asked: { readonly text: string; readonly done: Promise<void> } | undefined;
	/** What the document was told last: the pool changes more often than what is shown of it. */
	private panelText = '';

	constructor(private readonly options: ChatViewOptions) {
		this.outbox = new WebviewSync(
			(event) => this.messages?.notify(event) ?? Promise.resolve(false),
			() => this.state(),
		);
		this.host = { host: options.newNonce() };
		const tellPanel = () => this.tellPanel();
		this.owned.add(options.session);
		this.owned.add(options.session.onDidChange((change) => this.tell(change)));
		this.owned.add(options.draft.onDidChange(tellPanel));
		this.owned.add(options.queue.onDidChange(tellPanel));
		this.owned.add(options.pool.onDidChange(tellPanel));
		this.owned.add(options.model.onDidChange(tellPanel));
		this.owned.add(options.generation.onDidChange(tellPanel));
		this.owned.add(
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) options.session.refresh().catch(options.onError);
			}),
		);
		this.owned.add({ dispose: () => this.messages?.dispose() });
	}

	/** Opens the view and asks there. Resolves when the answer has ended, or when it waits for that of another one. */
	async ask(question: Question): Promise<void> {
		const { asking, mayBeSent } = this.options;
		await vscode.commands.executeCommand('keypool.chat.focus');
		if (!(await mayBeSent(question))) return;
		try {
			const { answered } = await asking.submit(question);
			if (answered) this.outbox.add({ type: 'toEnd' });
			await answered;
		} catch (error) {
			if (!(error instanceof WordedError)) throw error;
			void showInformation(error.message);
		}
	}

	/** Opens the view with an empty conversation; the old one stays stored. */
	async newConversation(): Promise<void> {
		await vscode.commands.executeCommand('keypool.chat.focus');
		const { session } = this.options;
		if (await mayStop(session)) session.startAnew();
	}

	/** What was typed and not sent goes with what was said: the document hears of another host. */
	forget(): void {
		this.host = { host: this.options.newNonce(), isHostErased: true };
		this.outbox.reset();
	}

	/** Fills a view that has opened. */
	show(view: vscode.WebviewView): void {
		const { webview } = view;
		const { extensionUri, newNonce } = this.options;
		this.messages?.dispose();
		const messages = new Messages<ChatRequest, ChatEvent>(webview, {
			schema: chatRequest,
			handle: (request, signal) => this.handle(request, signal),
			failed: vscode.l10n.t('That failed. See Keypool’s log for the reason.'),
			onError: this.options.onError,
		});
		this.messages = messages;
		this.view = view;
		this.tellPanel();
		view.onDidDispose(() => {
			messages.dispose();
			this.view = this.view === view ? undefined : this.view;
		});
		openPage(webview, {
			extensionUri,
			title: vscode.l10n.t('Chat'),
			name: 'chat',
			nonce: newNonce(),
		});
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** The view shows at once what happens; a reply says only that the request was taken. */
	private async handle(request: ChatRequest, signal: AbortSignal): Promise<void> {
		const { session, asking, draft, overChat } = this.options;
		switch (request.type) {
			case 'ready':
				return this.ready(signal);
			case 'send':
			case 'edit':
				return this.once(request);
			case 'queued':
				return asking.actOnQueued(request.act, request.question);
			case 'stop':
				return session.stop();
			case 'retry':
				return asking.retry(request.turn);
			case 'pickModel':
				return overChat(() => this.chooseModel(signal));
			case 'options': {
				const { model } = session.conversation.options;
				return session.setOptions({
					...request.options,
					...(model !== undefined && { model }),
				});
			}
			case 'attach':
				return asking.attach(request.what);
			case 'attachPicture':
				return asking.attachPicture(request);
			case 'detach':
				return draft.remove(request.chip);
			case 'findMentions':
				return this.offerMentions(request.text);
			case 'mention':
				return this.mention(request.mention);
			case 'showPicture':
				return this.showPicture(request.picture);
			case 'openFile':
				return this.options.editor.openFile(request.file);
			case 'actOnBanner':
				return this.run(this.banner()?.command);
			case 'anotherModel':
				return overChat(() => this.useAnotherModel(signal));
			case 'act':
				return this.act(request.turn);
			case 'newConversation':
				return this.newConversation();
			case 'addKey':
			case 'trySimulator':
			case 'useTeamGateway':
				return this.run(`keypool.${request.type}`);
			case 'openLink':
				return openLink(request.href);
			case 'copy':
				return copyText(request.text, this.options.onError);
			case 'code':
				return this.putCode(request);
		}
	}

	/** A document that was gone before it heard what became of its question asks no second time. */
	private async once(request: Extract<ChatRequest, { type: 'send' | 'edit' }>): Promise<void> {
		const { asking, words } = this.options;
		const { text } = request;
		if (request.again && this.asked?.text === text) return this.asked.done;
		// It waited still for pictures, which went with that document.
		if (request.again) throw new WordedError(words.t('Nothing was deleted or asked.'));
		const done = request.type === 'send' ? asking.send(text) : asking.edit(request.turn, text);
		this.asked = { text, done };
		return done;
	}

	private async ready(signal: AbortSignal): Promise<void> {
		const { catalogue, session, pool } = this.options;
		this.outbox.refresh();
		await session.refresh();
		if (pool.snapshot().keys.length > 0) {
			// For the limits of the models; without it the usual ones count.
			await catalogue.read(signal).catch(() => undefined);
			this.tellPanel();
		}
	}

	private async offerMentions(text: string): Promise<void> {
		this.outbox.add({ type: 'offered', text, mentions: await this.options.mentions.offer(text) });
	}

	private async mention(id: string): Promise<void> {
		const { mentions, asking } = this.options;
		const mention = mentions.known(id);
		if (mention) await asking.mention(mention);
	}

	private showPicture(id: string): void {
		const { draft, session } = this.options;
		const picture = pictureById(id, draft.all, session.conversation.turns);
		if (picture) this.outbox.add(picture);
	}

	/** A diff stays open for as long as the user thinks about it: nobody waits for that. */
	private async putCode({ act, code, language }: Extract<ChatRequest, { type: 'code' }>): Promise<void> {
		const { editor, onError } = this.options;
		switch (act) {
			case 'insert':
				return editor.insert(code);
			case 'newFile':
				return editor.newFile(code, language);
			case 'apply':
				editor.apply(code).catch(onError);
		}
	}

	private async chooseModel(signal: AbortSignal): Promise<void> {
		const { session, catalogue, model, words } = this.options;
		const { model: current } = session.conversation.options;
		const pick = {
			title: vscode.l10n.t('Model'),
			placeHolder: vscode.l10n.t('The questions of this conversation go to this model'),
			byDefault: model.value,
			...(current !== undefined && { current }),
		};
		const chosen = await pickModel(catalogue, pick, signal, words);
		if (chosen) {
			// As they are now: another window can have set some.
			const { model: _, ...others } = session.conversation.options;
			session.setOptions(chosen.type === 'default' ? others : { ...others, model: chosen.id });
		}
	}

	private async useAnotherModel(signal: AbortSignal): Promise<void> {
		const pick = {
			title: vscode.l10n.t('Another Model'),
			placeHolder: vscode.l10n.t('The waiting question goes to this model'),
		};
		const { catalogue, session, words } = this.options;
		const asked = session.conversation.turns.find(({ answer }) => isRunning(answer));
		const wait = asked && 'wait' in asked.answer ? asked.answer.wait : undefined;
		const chosen = await pickModel(catalogue, { ...pick, except: wait?.model }, signal, words);
		if (asked && chosen?.type === 'model') session.useModel(asked.id, chosen.id);
	}

	private async act(id: string): Promise<void> {
		const answer = this.options.session.turn(id)?.answer;
		if (answer?.state !== 'failed') return;
		await this.run(this.options.words.describeReason(answer.reason, answer.facts).action?.command);
	}

	private async run(command: string | undefined): Promise<void> {
		if (command !== undefined) await this.options.overChat(async () => vscode.commands.executeCommand(command));
	}

	private tell(change: ChatSessionChange): void {
		const { words, now } = this.options;
		switch (change.type) {
			case 'conversation':
				this.outbox.reset();
				return this.tellPanel();
			case 'about':
				return this.tellPanel();
			case 'turn':
				this.outbox.add({ type: 'turn', turn: turnView(change.turn, words, now()) });
				return this.tellPanel();
			case 'answer':
				this.outbox.add({
					type: 'answer',
					turn: change.turn,
					state: answerView(change.answer, words, now()),
				});
				return this.tellPanel();
			case 'append':
			case 'appendThoughts':
			case 'grounding':
			case 'retract':
				return this.outbox.add(change);
		}
	}

	private tellPanel(): void {
		const panel = this.panel();
		if (this.view) this.view.description = oneLine(panel.title);
		const text = JSON.stringify(panel);
		if (text !== this.panelText) {
			this.panelText = text;
			this.outbox.add({ type: 'panel', panel });
		}
	}

	private panel(): PanelView {
		const { session, draft, model, generation, pool, queue, words } = this.options;
		const { options } = session.conversation;
		const { model: chosen, ...own } = options;
		const banner = this.banner();
		const hasKeys = pool.snapshot().keys.length > 0 || pool.unread() !== undefined;
		return {
			hasKeys,
			title: titleOf(session.conversation),
			model: chosen ?? model.value,
			options: own,
			defaults: generation.value,
			chips: draft.chips,
			queue: queue.shown.map(({ id, text, items }) => ({
				id,
				text,
				attachments: items.map(({ label }) => oneLine(label)),
			})),
			...(hasKeys && { size: this.size(chosen ?? model.value) }),
			...(banner && { banner: banner.view }),
			...(isFull(session.conversation.turns) && { full: fullInWords(words) }),
		};
	}

	private size(model: string): SizeView {
		const { session, draft, pool, size, inputLimit, words } = this.options;
		const left = freeQuota(pool.snapshot(), model);
		return {
			tokens: size.tokens(session.conversation, draft.all),
			limit: inputLimit(model),
			...(left && { left: leftInWords(left, words) }),
		};
	}

	private banner(): Banner | undefined {
		const { session, pool, words } = this.options;
		const snapshot = pool.snapshot();
		const unread = snapshot.keys.length === 0 ? pool.unread() : undefined;
		return bannerOver(session.conversation.turns, snapshot, words, unread);
	}

	private state(): ChatState {
		const { session, words, now } = this.options;
		const panel = this.panel();
		this.panelText = JSON.stringify(panel);
		return {
			...this.host,
			conversation: session.conversation.id,
			locale: vscode.env.language,
			strings: chatStrings(words.t),
			commands: slashDescriptions(words.t),
			panel,
			turns: session.conversation.turns.map((turn) => turnView(turn, words, now())),
		};
	}
}
