import { WordedError } from '../../webviews/messages';
import { inOneText } from '../../localization/words';
import { createMutex, type PoolFacts } from '../../pool/pool';
import type { ChatRequest, QueuedAct } from '../../webviews/protocol';
import type { Question, Turn } from '../model/conversation';
import { codeItem, maxItems, type PendingAttachments, type PendingItem, type Load } from '../model/pendingAttachments';
import type { EditorApi } from '../model/editorApi';
import type { Mention } from './mentions';
import { maxQueued, type QuestionQueue } from './questionQueue';
import type { ChatSession } from './session';
import { questionOf, slashCommandIn, type SlashCommand } from '../model/slashCommand';
import type { Wording } from '../model/wording';

export interface QuestionControllerOptions {
	readonly session: ChatSession;
	readonly draft: PendingAttachments;
	readonly queue: Pick<QuestionQueue, 'add' | 'remove' | 'shown'>;
	readonly newId: () => string;
	readonly editor: EditorApi;
	/** Whether as many questions after an edited one may go: the user decides. */
	readonly mayDrop: (turns: number) => Promise<boolean>;
	readonly words: Pick<Wording, 't' | 'describeReason' | 'describeCount'>;
	/** By how much a question alone, with what goes along, is too long for the model that is asked. */
	readonly excessOf: (question: Question) => PoolFacts | undefined;
	/** False where it holds one of the person's keys and is not to be sent. */
	readonly mayBeSent: (question: Question) => Promise<boolean>;
	/** Faults of ours: an answer's own failure is part of the conversation. */
	readonly onError: (error: unknown) => void;
}

/** UTF-16 units of a question: beyond it is a mistake. */
const maxLength = 1_000_000;

/** Makes questions of what a person types and attaches. Throws `WordedError` where one cannot be asked. */
export class QuestionController {
	/** One after the other: a question waits for the one before it, and for what was named in it and is still being read. */
	private readonly inTurn = createMutex();

	constructor(private readonly options: QuestionControllerOptions) {}

	private get t(): Wording['t'] {
		return this.options.words.t;
	}

	/** Resolves when the question is under way, or waits for its turn because an answer runs. */
	send(text: string): Promise<void> {
		const { id } = this.options.session.conversation;
		return this.inTurn(() => this.take(text, id));
	}

	private async take(text: string, conversation: string): Promise<void> {
		const { draft } = this.options;
		if (text.trim() === '') {
			return;
		}
		this.refuseTooLong(text);
		const items = draft.all;
		const question = await this.question(text);
		this.refuseExcess(question);
		await this.refuseHeldKey(question);
		// What was taken off meanwhile does not go along.
		if (items.some((item) => !draft.all.includes(item))) return this.take(text, conversation);
		const { answered } = await this.submit(question, text, items, conversation);
		draft.sent(items);
		if (answered) this.follow(answered);
	}

	/** Asks a question at the end of the conversation, which is this one still; while an answer runs, it waits for its turn. */
	async submit(
		question: Question,
		text = question.text,
		items: readonly PendingItem[] = question.attachments.map((code) => codeItem(this.options.newId(), code)),
		conversation = this.options.session.conversation.id,
	): Promise<{ readonly answered?: Promise<void> }> {
		const { session, queue, newId } = this.options;
		if (!session.running) await session.refresh();
		if (session.conversation.id !== conversation) {
			throw new WordedError(this.t('Another conversation was opened meanwhile. Nothing was sent.'));
		}
		if (!session.running) return { answered: session.ask(question) };
		this.refuseFull(queue.add({ id: newId(), text, question, items }));
		return {};
	}

	/** What a person does with a question that waits for its turn. */
	async actOnQueued(act: QueuedAct, id: string): Promise<void> {
		const { session, draft, queue } = this.options;
		if (act === 'askNow') await session.refresh();
		const waiting = queue.shown.find((question) => question.id === id);
		// First: where there is no room for what went along, it goes on waiting.
		if (act === 'takeBack' && waiting) this.refuseUnless(draft.putBack(waiting.items));
		const queued = queue.remove(id);
		if (!queued) throw new WordedError(this.t('This question has been asked already.'));
		if (act === 'askNow') this.follow(session.ask(queued.question));
	}

	/** The next one of those that wait for their turn. It stays where meanwhile another was asked, or its conversation left. */
	async askQueued(id: string): Promise<void> {
		const { session, queue } = this.options;
		await session.refresh();
		const next = session.running ? undefined : queue.remove(id);
		if (next) await session.ask(next.question);
	}

	async retry(turn: string): Promise<void> {
		const { session } = this.options;
		await this.upToDate();
		if (session.turn(turn)?.answer.state === 'elsewhere') {
			throw new WordedError(this.t('This question is being answered in another window.'));
		}
		await this.refuseHeldKey(this.there(turn).question);
		this.refuseWhileRunning();
		this.there(turn);
		this.follow(session.retry(turn));
	}

	async edit(turn: string, text: string): Promise<void> {
		const { session, mayDrop } = this.options;
		if (text.trim() === '') return;
		this.refuseTooLong(text);
		await this.upToDate();
		this.refuseElsewhereFrom(turn);
		const question = await this.anew(this.there(turn).question, text);
		this.refuseExcess(question);
		await this.refuseHeldKey(question);
		// More can come in another window while a person is asked.
		let agreed = 0;
		while (session.after(this.there(turn).id) > agreed) {
			agreed = session.after(turn);
			// The reply keeps the editor open: what was written there is not lost.
			if (!(await mayDrop(agreed))) throw new WordedError(this.t('Nothing was deleted or asked.'));
		}
		this.refuseWhileRunning();
		this.refuseElsewhereFrom(turn);
		this.there(turn);
		this.follow(session.edit(turn, question));
	}

	async attach(what: 'selection' | 'files'): Promise<void> {
		const { draft, editor } = this.options;
		if (what === 'selection') return this.mention({ type: 'selection' });
		const read = await editor.pickFiles(maxItems);
		return this.inTurn(async () => {
			const files = await read();
			this.refuseUnless(files.every((file) => draft.addFile(file)));
		});
	}

	/** It goes along with the next question; where it cannot, the editor has said why. */
	mention(mention: Mention): Promise<void> {
		return this.inTurn(() => this.takeAlong(mention));
	}

	private async takeAlong(mention: Mention): Promise<void> {
		const { draft, editor } = this.options;
		if (mention.type === 'file') {
			const file = await editor.pickFile(mention.uri);
			this.refuseUnless(file === undefined || draft.addFile(file));
		} else {
			const code = await editor[mention.type]();
			this.refuseUnless(code === undefined || draft.addCode(code));
		}
	}

	attachPicture({ label, mimeType, data }: Extract<ChatRequest, { type: 'attachPicture' }>): void {
		this.refuseUnless(this.options.draft.addPicture({ label, mimeType, data }));
	}

	private async question(text: string): Promise<Question> {
		const command = slashCommandIn(text);
		const load = await this.load();
		if (!command) {
			return { text, origin: 'chat', ...load };
		}
		const nothing = load.attachments.length === 0 && load.pictures.length === 0;
		// A commit message is about the changes, whatever goes along with them.
		const own = nothing || command.name === 'commit' ? [await this.codeFor(command)] : [];
		const attachments = [...own, ...load.attachments];
		return {
			text: questionOf(command, this.t),
			origin: 'chat',
			...load,
			attachments,
		};
	}

	/** A question in other words; what went along with it stays, and is what a command works on. */
	private async anew(before: Question, text: string): Promise<Question> {
		const command = slashCommandIn(text);
		if (!command) return { ...before, text };
		const { attachments: given, pictures = [] } = before;
		const attachments = given.length + pictures.length === 0 ? [await this.codeFor(command)] : given;
		return { ...before, text: questionOf(command, this.t), attachments };
	}

	private async codeFor({ name }: SlashCommand) {
		const { editor } = this.options;
		const code = await (name === 'commit' ? editor.changes() : editor.selection());
		if (!code) {
			throw new WordedError(this.t('Nothing was sent: there is nothing for /{0} to work on.', name));
		}
		return code;
	}

	private async load(): Promise<Load> {
		const { draft, editor } = this.options;
		const taken = await draft.take(editor.readFile);
		if (taken.state === 'ready') {
			return taken.load;
		}
		throw new WordedError(
			taken.reason === 'gone'
				? this.t('{0} no longer exists and was removed. Nothing was sent.', taken.label)
				: this.t('Can’t attach {0}. Nothing was sent: remove it, or choose another file.', taken.label),
		);
	}

	/** Another window may have asked, dropped or begun to answer meanwhile. */
	private async upToDate(): Promise<void> {
		this.refuseWhileRunning();
		await this.options.session.refresh();
		this.refuseWhileRunning();
	}

	/** Another window may have deleted it, also while a person was asked something here. */
	private there(id: string): Turn {
		const turn = this.options.session.turn(id);
		if (turn) return turn;
		throw new WordedError(this.t('This question was deleted in another window. Nothing was asked.'));
	}

	private refuseWhileRunning(): void {
		if (this.options.session.running) {
			throw new WordedError(this.t('An answer is still running. Stop it first.'));
		}
	}

	private refuseFull(added: boolean): void {
		if (!added) {
			throw new WordedError(this.t('{0} questions are waiting already. Nothing was sent.', maxQueued));
		}
	}

	private refuseElsewhereFrom(turn: string): void {
		if (this.options.session.isElsewhereFrom(turn)) {
			throw new WordedError(
				this.t('One of the questions to delete is being answered in another window. Wait for it, or stop it there.'),
			);
		}
	}

	private refuseTooLong({ length }: string): void {
		if (length > maxLength) {
			const { describeCount } = this.options.words;
			throw new WordedError(
				this.t(
					'The question has {0} characters; at most {1} can be sent. Shorten it.',
					describeCount(length),
					describeCount(maxLength),
				),
			);
		}
	}

	private refuseExcess(question: Question): void {
		const { excessOf, words } = this.options;
		const facts = excessOf(question);
		if (facts) {
			throw new WordedError(inOneText(words.describeReason('promptTooLong', facts)));
		}
	}

	private async refuseHeldKey(question: Question): Promise<void> {
		if (!(await this.options.mayBeSent(question))) {
			throw new WordedError(this.t('Nothing was sent: the text contains one of your keys.'));
		}
	}

	private refuseUnless(added: boolean): void {
		if (!added) {
			throw new WordedError(this.t('At most {0} attachments can go with one question.', maxItems));
		}
	}

	private follow(answer: Promise<void>): void {
		answer.catch(this.options.onError);
	}
}
