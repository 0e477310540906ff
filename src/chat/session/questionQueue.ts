import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Question } from '../model/conversation';
import type { PendingItem } from '../model/pendingAttachments';
import type { ChatSession } from './session';

/** A question that was sent while an answer ran. */
export interface QueuedQuestion {
	readonly id: string;
	/** As it was typed; `question` is what is asked. */
	readonly text: string;
	readonly question: Question;
	/** What went along, to be put back where it is taken back. */
	readonly items: readonly PendingItem[];
}

/** Waiting questions in one window, over all its conversations. */
export const maxQueued = 20;

type Session = Pick<ChatSession, 'conversation' | 'running' | 'onDidChange'>;

/**
 * Questions that wait for the answer that runs, each with its conversation. The next one is asked when an answer has come
 * whole. After one that failed or was stopped they wait for a person: what they build on is not there.
 */
export class QuestionQueue implements Disposable {
	private waiting: readonly (QueuedQuestion & {
		readonly conversation: string;
	})[] = [];
	private readonly changed: Emitter<undefined>;
	private readonly subscription: Disposable;

	/** @param ask takes the question out and asks it at the end of the conversation */
	constructor(
		private readonly session: Session,
		ask: (id: string) => Promise<void>,
		onError: (error: unknown) => void,
	) {
		this.changed = new Emitter(onError);
		this.subscription = session.onDidChange((change) => {
			if (change.type !== 'answer' || change.answer.state !== 'done') return;
			// Once all others have heard of the end.
			queueMicrotask(() => {
				// An earlier answer may have come anew: what they build on is the last one.
				const isWhole = session.conversation.turns.at(-1)?.answer.state === 'done';
				const [next] = isWhole && !session.running ? this.shown : [];
				if (next) ask(next.id).catch(onError);
			});
		});
	}

	/** Those of the open conversation, the next one first. */
	get shown(): readonly QueuedQuestion[] {
		return this.waiting.filter(({ conversation }) => conversation === this.session.conversation.id);
	}

	/** False where no more can wait. */
	add(question: QueuedQuestion): boolean {
		const fits = this.waiting.length < maxQueued;
		if (fits) this.set([...this.waiting, { ...question, conversation: this.session.conversation.id }]);
		return fits;
	}

	/** Takes it out; undefined where it is not there any more. */
	remove(id: string): QueuedQuestion | undefined {
		const found = this.shown.find((question) => question.id === id);
		if (found) this.set(this.waiting.filter((question) => question !== found));
		return found;
	}

	clear(): void {
		this.set([]);
	}

	/** The conversation is deleted: nobody can ask, remove or see what waits for it. */
	forget(id: string): void {
		if (this.waiting.length > 0) this.set(this.waiting.filter(({ conversation }) => conversation !== id));
	}

	onDidChange(listener: () => void): Disposable {
		return this.changed.event(listener);
	}

	dispose(): void {
		this.subscription.dispose();
		this.changed.dispose();
	}

	private set(waiting: QuestionQueue['waiting']): void {
		this.waiting = waiting;
		this.changed.fire(undefined);
	}
}
