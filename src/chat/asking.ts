import { WordedError } from '../webviews/messages';
import type { ChatRequest } from '../webviews/protocol';
import type { Question } from './conversation';
import { maxItems, type Draft, type Load } from './draft';
import type { EditorDoor } from './editorDoor';
import type { Session } from './session';
import { questionOf, slashCommandIn, type SlashCommand } from './slashCommand';
import type { Translate } from './wording';

export interface AskingOptions {
	readonly session: Session;
	readonly draft: Draft;
	readonly editor: EditorDoor;
	readonly t: Translate;
	/** Faults of ours: an answer's own failure is part of the conversation. */
	readonly onError: (error: unknown) => void;
}

/** UTF-16 units of a question: beyond it is a mistake. */
const maxLength = 1_000_000;

/** Makes questions of what a person types and attaches. Throws `WordedError` where one cannot be asked. */
export class Asking {
	constructor(private readonly options: AskingOptions) {}

	/** Resolves when the question is under way. */
	async send(text: string): Promise<void> {
		const { session, draft } = this.options;
		this.refuseWhileRunning();
		if (text.trim() === '') {
			return;
		}
		this.refuseTooLong(text);
		const question = await this.question(text);
		await session.refresh();
		this.refuseWhileRunning();
		draft.clear();
		this.follow(session.ask(question));
	}

	retry(turn: string): void {
		this.refuseWhileRunning();
		this.follow(this.options.session.retry(turn));
	}

	edit(turn: string, text: string): void {
		this.refuseWhileRunning();
		this.refuseTooLong(text);
		if (text.trim() !== '') {
			this.follow(this.options.session.edit(turn, text));
		}
	}

	async attach(what: 'selection' | 'files'): Promise<void> {
		const { draft, editor } = this.options;
		if (what === 'selection') {
			const code = await editor.selection();
			this.refuseUnless(code === undefined || draft.addCode(code));
		} else {
			const files = await editor.pickFiles();
			this.refuseUnless(files.every((file) => draft.addFile(file)));
		}
	}

	attachPicture({ label, mimeType, data }: Extract<ChatRequest, { type: 'attachPicture' }>): void {
		this.refuseUnless(this.options.draft.addPicture({ label, mimeType, data }));
	}

	private async question(text: string): Promise<Question> {
		const { t } = this.options;
		const command = slashCommandIn(text);
		const load = await this.load();
		if (!command) {
			return { text, origin: 'chat', ...load };
		}
		const nothing = load.attachments.length === 0 && load.pictures.length === 0;
		const attachments = nothing ? [await this.codeFor(command)] : load.attachments;
		return { text: questionOf(command, t), origin: 'chat', ...load, attachments };
	}

	private async codeFor({ name }: SlashCommand) {
		const { editor, t } = this.options;
		const code = await (name === 'commit' ? editor.changes() : editor.selection());
		if (!code) {
			throw new WordedError(t('Nothing was sent: there is nothing for /{0} to work on.', name));
		}
		return code;
	}

	private async load(): Promise<Load> {
		const { draft, editor, t } = this.options;
		const taken = await draft.take(editor.readFile);
		if (taken.is === 'ready') {
			return taken.load;
		}
		throw new WordedError(
			taken.why === 'gone'
				? t('{0} does not exist any more and was taken off. Nothing was sent.', taken.label)
				: t('{0} cannot go along. Nothing was sent: take it off, or choose another file.', taken.label),
		);
	}

	private refuseWhileRunning(): void {
		if (this.options.session.running) {
			throw new WordedError(this.options.t('An answer is still running. Stop it first.'));
		}
	}

	private refuseTooLong({ length }: string): void {
		if (length > maxLength) {
			const { t } = this.options;
			throw new WordedError(
				t('The question has {0} characters; at most {1} can be sent. Shorten it, or attach a file.', length, maxLength),
			);
		}
	}

	private refuseUnless(added: boolean): void {
		if (!added) {
			throw new WordedError(this.options.t('At most {0} things go along with one question.', maxItems));
		}
	}

	private follow(answer: Promise<void>): void {
		answer.catch(this.options.onError);
	}
}
