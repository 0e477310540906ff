import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Piece } from '../../gemini/gemini';
import { createMutex, PoolError, type Dispose, type StreamPart, type PoolStream } from '../../pool/pool';
import {
	begin,
	cut,
	fail,
	isRunning,
	receive,
	seen,
	stop,
	withAttempts,
	type Answer,
	type RunningAnswer,
} from '../model/answer';
import type { ChatSessionOptions } from './sessionOptions';
import {
	withOmitted,
	withTurn,
	type Conversation,
	type ConversationOptions,
	type Question,
	type Turn,
} from '../model/conversation';
import { changedTurns, mergeTurns, marked } from './mergeTurns';
import { contentChanges, sameState, type ChatSessionChange } from './sessionChange';
import { fitting, type TrimmedPrompt } from '../model/prompt';

interface Running {
	readonly turn: string;
	readonly abort: AbortController;
	readonly stream: PoolStream<Piece>;
	/** The prompt that is sent to a model. */
	readonly fit: (model: string) => TrimmedPrompt;
	/** Tells other windows that the answer has ended. */
	readonly release: Dispose;
	/** The answer as it was when a person stopped it. */
	stopped?: Answer | undefined;
}

/** ms between two saves of an answer that still grows. */
const saveEveryMs = 2_000;

/** The open conversation: asks, receives, stops and saves. At most one answer runs. */
export class ChatSession implements Disposable {
	private current: Conversation;
	private run: Running | undefined;
	private saving: Dispose | undefined;
	/** Refreshes run one after the other, so that each knows what the one before took over. */
	private readonly inTurn = createMutex();
	/** Another window has deleted what is stored of it: if it goes on, it is stored whole again. */
	private isGone = false;
	private readonly changed: Emitter<ChatSessionChange>;

	constructor(private readonly options: ChatSessionOptions) {
		this.changed = new Emitter(options.onError);
		this.current = this.marked(options.current ?? this.empty());
	}

	get conversation(): Conversation {
		return this.current;
	}

	get running(): boolean {
		return this.run !== undefined;
	}

	onDidChange(listener: (change: ChatSessionChange) => void): Disposable {
		return this.changed.event(listener);
	}

	/** Asks at the end of the conversation. Resolves when the answer has ended, however it did. An answer that runs is stopped. */
	ask(question: Question): Promise<void> {
		const now = this.options.clock.wall();
		// Turns are ordered by this time: a clock that was set back must not put the new one before the others.
		const { askedAt = -1 } = this.current.turns.at(-1) ?? {};
		return this.start({
			id: this.options.newId(),
			askedAt: Math.max(now, askedAt + 1),
			question,
			answer: begin(now),
		});
	}

	/**
	 * Asks a turn's question again, in its place. Resolves as `ask` does; nothing happens to an unknown turn, nor to one
	 * that another window answers.
	 */
	async retry(id: string): Promise<void> {
		const turn = this.turn(id);
		if (turn && turn.answer.state !== 'elsewhere') {
			await this.start({ ...turn, answer: begin(this.options.clock.wall()) });
		}
	}

	/**
	 * Asks a turn again in other words; what came after it built on the old ones, and goes. Resolves as `ask` does; nothing
	 * happens where another window answers one of them.
	 */
	async edit(id: string, question: Pick<Question, 'text'> & Partial<Question>): Promise<void> {
		const turn = this.turn(id);
		if (turn && !this.isElsewhereFrom(id)) {
			this.stop();
			const kept = this.current.turns.indexOf(turn) + 1;
			const gone = this.current.turns.slice(kept);
			this.current = {
				...this.current,
				turns: this.current.turns.slice(0, kept),
			};
			void this.options.library.removeTurns(this.current.id, gone);
			await this.start({
				...turn,
				question: { ...turn.question, ...question },
				answer: begin(this.options.clock.wall()),
			});
		}
	}

	/** What had come is kept. */
	stop(): void {
		const run = this.run;
		if (run === undefined) {
			return;
		}
		this.run = undefined;
		run.abort.abort();
		this.end(run, (answer) => stop(answer, run.stream.attempts, this.options.clock.wall()));
		run.stopped = this.turn(run.turn)?.answer;
	}

	/** The turn goes on with another model, where it still runs. */
	useModel(turn: string, model: string): void {
		if (this.run?.turn === turn) this.run.stream.useModel(model);
	}

	/** Begins an empty conversation; the old one stays stored. */
	startAnew(): void {
		if (this.current.turns.length > 0) {
			this.goTo(this.empty());
		}
	}

	/**
	 * Lets go of the conversation and of what is stored of it, and of what could not be stored of others: everything is being
	 * erased. Resolves when that is gone.
	 */
	forget(): Promise<void> {
		const { library } = this.options;
		const { id } = this.current;
		this.stop();
		this.startAnew();
		// First: each deletion is followed by another try.
		library.letGo();
		return library.remove(id);
	}

	/** Goes on with another conversation; the old one stays stored. */
	goTo(conversation: Conversation): void {
		this.stop();
		this.isGone = false;
		this.current = this.marked(conversation);
		this.emit({ type: 'conversation' });
	}

	/** Takes over what other windows have done in this conversation. Not while an answer runs. */
	refresh(): Promise<void> {
		return this.inTurn(() => this.catchUp());
	}

	/** How many turns come after one. */
	after(id: string): number {
		const { turns } = this.current;
		return turns.length - 1 - turns.findIndex((turn) => turn.id === id);
	}

	/** Whether another window answers the turn, or one after it. */
	isElsewhereFrom(id: string): boolean {
		const { turns } = this.current;
		const from = turns.findIndex((turn) => turn.id === id);
		return turns.slice(Math.max(0, from)).some(({ answer }) => answer.state === 'elsewhere');
	}

	/** An empty title counts as none. */
	rename(title: string): void {
		const { title: _, ...rest } = this.current;
		this.describe(title.trim() === '' ? rest : { ...rest, title: title.trim() });
	}

	setOptions(options: ConversationOptions): void {
		this.describe({ ...this.current, options });
	}

	turn(id: string): Turn | undefined {
		return this.current.turns.find((turn) => turn.id === id);
	}

	dispose(): void {
		const run = this.run;
		if (run) {
			this.run = undefined;
			run.abort.abort();
			this.end(run, (answer) => cut(answer, this.options.clock.wall()));
		}
		this.saving?.();
		this.changed.dispose();
	}

	private async catchUp(): Promise<void> {
		const before = this.current;
		if (before.turns.length === 0) return;
		const { library } = this.options;
		const stored = await library.open(before.id);
		if (this.current !== before || this.running) return;
		// A description without turns was written after the conversation was deleted, such as a new name.
		this.isGone = !stored || stored.turns.length === 0;
		const now = this.marked(
			stored && !this.isGone ? mergeTurns(before, stored, (turn) => library.isUnsaved(before.id, turn)) : before,
		);
		if (now === before) return;
		this.current = now;
		const news = changedTurns(before, now);
		if (news) news.forEach((turn) => this.emit({ type: 'turn', turn }));
		else this.emit({ type: 'conversation' });
	}

	private async start(asked: Turn): Promise<void> {
		this.stop();
		const { answering, ask, inputLimit, library, weigh } = this.options;
		const { turns: before, options } = this.current;
		const limit = inputLimit(options.model);
		const within = fitting(this.current, asked, weigh);
		const fit = (model: string): TrimmedPrompt => within(Math.min(limit, inputLimit(model)));
		const turn = withOmitted(asked, within(limit).omitted);
		this.current = withTurn(this.current, turn);
		const { turns } = this.current;
		// Otherwise a turn was replaced, or old ones were dropped.
		const grew = turns.length === before.length + 1;
		this.emit(grew ? { type: 'turn', turn } : { type: 'conversation' });
		void library.removeTurns(
			this.current.id,
			before.filter(({ id }) => !turns.some((kept) => kept.id === id)),
		);
		if (before.length === 0) {
			void library.prune(this.current.id).catch(() => undefined);
		}
		const abort = new AbortController();
		const { model } = options;
		const { origin } = turn.question;
		const asking = { origin, session: this.current.id, ...(model !== undefined && { model }) };
		const stream = ask((on) => fit(on).prompt, asking, abort.signal);
		const release = answering.begin(this.current.id, turn.id, () => this.letGo(run));
		const run: Running = { turn: turn.id, abort, stream, fit, release };
		this.run = run;
		void this.save(turn.id);
		await this.consume(run);
	}

	/** Another window has begun to answer the turn in the same moment: one answer is enough. */
	private letGo(run: Running): void {
		if (this.run !== run) return;
		this.run = undefined;
		run.abort.abort();
		this.saving?.();
		this.saving = undefined;
		this.advance(run, (answer) => seen(cut(answer, this.options.clock.wall()), true));
	}

	/** A run that was stopped is no longer `this.run`: whatever it still brings is dropped. */
	private async consume(run: Running): Promise<void> {
		const now = () => this.options.clock.wall();
		try {
			for await (const part of run.stream) {
				if (this.run !== run) {
					return;
				}
				this.tellOmitted(run, part);
				this.advance(run, (answer) => receive(answer, part, { now: now(), labelOf: this.options.labelOf }));
			}
			// A stream that ends without `done` breaks the pool's promise; an answer that spins for ever would be worse.
			this.endIfCurrent(run, (answer) => fail(answer, 'unexpected', {}, run.stream.attempts, now()));
		} catch (error) {
			const { reason, facts } = error instanceof PoolError ? error : new PoolError('unexpected', []);
			// The error has those of the last request alone, where a person was asked in between.
			const { attempts } = run.stream;
			this.endIfCurrent(run, (answer) =>
				reason === 'cancelled' ? stop(answer, attempts, now()) : fail(answer, reason, facts, attempts, now()),
			);
		} finally {
			this.completeStopped(run);
		}
	}

	/** Only now is it known whom a stopped answer came from. */
	private completeStopped({ turn: id, stream, stopped }: Running): void {
		const turn = this.turn(id);
		if (turn?.answer.state !== 'stopped' || turn.answer !== stopped || stream.attempts.length === 0) return;
		const answer = withAttempts(turn.answer, stream.attempts);
		this.current = withTurn(this.current, { ...turn, answer });
		this.emit({ type: 'answer', turn: id, answer });
		void this.save(id);
	}

	/** Another model than the wanted one may take in less of the conversation. */
	private tellOmitted({ turn: id, fit }: Running, part: StreamPart<Piece>): void {
		const model = part.type === 'switched' ? part.to.model : part.type === 'done' ? part.on.model : undefined;
		const turn = this.turn(id);
		if (model === undefined || !turn) return;
		const { omitted } = fit(model);
		if (omitted === (turn.omitted ?? 0)) return;
		const told = withOmitted(turn, omitted);
		this.current = withTurn(this.current, told);
		this.emit({ type: 'turn', turn: told });
	}

	private endIfCurrent(run: Running, next: (answer: RunningAnswer) => Answer): void {
		if (this.run === run) {
			this.run = undefined;
			this.end(run, next);
		}
	}

	private end(run: Running, next: (answer: RunningAnswer) => Answer): void {
		this.advance(run, next);
		this.finish(run);
	}

	/** Releases only after the save, so that a window which hears of the end can read it. */
	private finish(run: Running): void {
		void this.save(run.turn).then(run.release);
	}

	private advance(run: Running, next: (answer: RunningAnswer) => Answer): void {
		const turn = this.turn(run.turn);
		if (!turn || !isRunning(turn.answer)) {
			return;
		}
		const answer = next(turn.answer);
		if (answer === turn.answer) {
			return;
		}
		this.current = withTurn(this.current, { ...turn, answer });
		if (isRunning(answer)) {
			this.saveLater(turn.id);
		} else if (this.run === run) {
			this.run = undefined;
			this.finish(run);
		}
		this.emitDifference(turn, answer);
	}

	private emitDifference({ id, answer: old }: Turn, answer: Answer): void {
		const changes = contentChanges(id, old, answer);
		changes.forEach((change) => this.emit(change));
		if (!sameState(old, answer)) {
			this.emit({ type: 'answer', turn: id, answer });
		}
	}

	private emit(change: ChatSessionChange): void {
		this.changed.fire(change);
	}

	private empty(): Conversation {
		return { id: this.options.newId(), options: {}, turns: [] };
	}

	private describe(conversation: Conversation): void {
		this.current = conversation;
		this.emit({ type: 'about' });
		if (conversation.turns.length === 0) return;
		const { library } = this.options;
		void (this.isGone ? library.saveAll(conversation) : library.saveAbout(conversation));
		this.isGone = false;
	}

	private saveLater(turn: string): void {
		this.saving ??= this.options.clock.after(saveEveryMs, () => void this.save(turn));
	}

	private async save(id: string): Promise<void> {
		this.saving?.();
		this.saving = undefined;
		const turn = this.turn(id);
		if (!turn) return;
		const { library } = this.options;
		const { isGone } = this;
		this.isGone = false;
		await (isGone ? library.saveAll(this.current) : library.saveTurn(this.current, turn));
	}

	private marked(conversation: Conversation): Conversation {
		return marked(conversation, this.options.answering.remoteTurns(conversation.id));
	}
}
