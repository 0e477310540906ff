import type { Ask } from '../ask';
import type { Disposable } from '../dispose';
import type { Piece } from '../gemini/gemini';
import { PoolError, type Clock, type KeyId, type Off, type PoolStream } from '../pool/pool';
import { begin, fail, isRunning, receive, stop, type Answer, type RunningAnswer } from './answer';
import { promptFor, withTurn, type Conversation, type Question, type Turn } from './conversation';
import { restore, toSaved, type ConversationStore } from './store';

/** What a view must redraw. Text comes as it grows; everything else as the answer's new state. */
export type SessionChange =
	| { readonly type: 'conversation' }
	| { readonly type: 'turn'; readonly turn: Turn }
	| { readonly type: 'append'; readonly turn: string; readonly text: string }
	| { readonly type: 'retract'; readonly turn: string }
	| { readonly type: 'answer'; readonly turn: string; readonly answer: Answer };

export interface SessionOptions {
	readonly ask: Ask;
	readonly labelOf: (key: KeyId) => string;
	readonly clock: Clock;
	readonly newId: () => string;
	readonly store: ConversationStore;
	/** A save, or the setting aside of damaged data, failed, or damaged data was found. */
	readonly onStoreError: (what: 'damaged' | 'unsaved', error?: unknown) => void;
}

interface Running {
	readonly turn: string;
	readonly abort: AbortController;
	readonly stream: PoolStream<Piece>;
}

/** ms between two saves of an answer that still grows. */
const saveEveryMs = 5_000;

/** One conversation that lives: it asks, receives, stops and saves. At most one answer runs. */
export class Session implements Disposable {
	private current: Conversation;
	private earlier: readonly Conversation[];
	private run: Running | undefined;
	private saving: Off | undefined;
	private readonly listeners = new Set<(change: SessionChange) => void>();

	constructor(private readonly options: SessionOptions) {
		({ earlier: this.earlier, current: this.current } = this.restored());
	}

	get conversation(): Conversation {
		return this.current;
	}

	get running(): boolean {
		return this.run !== undefined;
	}

	onDidChange(listener: (change: SessionChange) => void): Off {
		this.listeners.add(listener);
		return () => void this.listeners.delete(listener);
	}

	/** Asks at the end of the conversation. Resolves when the answer has ended, however it did. An answer that runs is stopped. */
	ask(question: Question): Promise<void> {
		return this.start({ id: this.options.newId(), question, answer: begin(this.options.clock.wall()) });
	}

	/** Asks a turn's question again, in its place. Resolves as `ask` does; an unknown turn does nothing. */
	async retry(id: string): Promise<void> {
		const turn = this.turn(id);
		if (turn) {
			await this.start({ ...turn, answer: begin(this.options.clock.wall()) });
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
		this.end(run, (answer) => stop(answer, run.stream.trail, this.options.clock.wall()));
	}

	/** The running request goes on with another model. */
	useModel(model: string): void {
		this.run?.stream.useModel(model);
	}

	/** Begins an empty conversation; the old one stays stored. */
	startAnew(): void {
		this.stop();
		if (this.current.turns.length > 0) {
			this.earlier = [...this.earlier, this.current];
			this.current = { id: this.options.newId(), turns: [] };
			this.emit({ type: 'conversation' });
			this.save();
		}
	}

	/** Stops, and lets go of all conversations without storing anything: whoever asks for it erases the store. */
	forget(): void {
		this.stop();
		this.saving?.();
		this.saving = undefined;
		this.earlier = [];
		this.current = { id: this.options.newId(), turns: [] };
		this.emit({ type: 'conversation' });
	}

	turn(id: string): Turn | undefined {
		return this.current.turns.find((turn) => turn.id === id);
	}

	dispose(): void {
		this.stop();
		this.saving?.();
		this.listeners.clear();
	}

	private async start(turn: Turn): Promise<void> {
		this.stop();
		const before = this.current.turns.length;
		this.current = withTurn(this.current, turn);
		// Else a turn was replaced, or old ones went.
		const grew = this.current.turns.length === before + 1;
		this.emit(grew ? { type: 'turn', turn } : { type: 'conversation' });
		this.save();
		const abort = new AbortController();
		const stream = this.options.ask(promptFor(this.current, turn), { origin: turn.question.origin }, abort.signal);
		const run: Running = { turn: turn.id, abort, stream };
		this.run = run;
		await this.consume(run);
	}

	/** A run that was stopped is no longer `this.run`: whatever it still brings is dropped. */
	private async consume(run: Running): Promise<void> {
		const now = () => this.options.clock.wall();
		try {
			for await (const part of run.stream) {
				if (this.run !== run) {
					return;
				}
				this.advance(run, (answer) => receive(answer, part, { now: now(), labelOf: this.options.labelOf }));
			}
			// A stream that ends without `done` breaks the pool's promise; an answer that spins for ever would be worse.
			this.endIfCurrent(run, (answer) => fail(answer, 'unexpected', {}, run.stream.trail, now()));
		} catch (error) {
			const { reason, facts, trail } =
				error instanceof PoolError ? error : new PoolError('unexpected', run.stream.trail);
			this.endIfCurrent(run, (answer) =>
				reason === 'cancelled' ? stop(answer, trail, now()) : fail(answer, reason, facts, trail, now()),
			);
		}
	}

	private endIfCurrent(run: Running, next: (answer: RunningAnswer) => Answer): void {
		if (this.run === run) {
			this.run = undefined;
			this.end(run, next);
		}
	}

	private end(run: Running, next: (answer: RunningAnswer) => Answer): void {
		this.advance(run, next);
		this.save();
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
			this.saveLater();
		} else if (this.run === run) {
			this.run = undefined;
			this.save();
		}
		this.emitDifference(turn, answer);
	}

	private emitDifference({ id, answer: old }: Turn, answer: Answer): void {
		if (answer.text === '' && old.text !== '') {
			this.emit({ type: 'retract', turn: id });
		} else if (answer.text.length > old.text.length) {
			this.emit({ type: 'append', turn: id, text: answer.text.slice(old.text.length) });
		}
		const same = old.is === 'streaming' && !old.wait && answer.is === 'streaming' && !answer.wait;
		if (!same) {
			this.emit({ type: 'answer', turn: id, answer });
		}
	}

	private emit(change: SessionChange): void {
		for (const listener of [...this.listeners]) {
			listener(change);
		}
	}

	private restored(): { earlier: readonly Conversation[]; current: Conversation } {
		const { store, newId, onStoreError } = this.options;
		const found = restore(store.load());
		if (found.is === 'restored') {
			return found;
		}
		if (found.is === 'damaged') {
			store.setAside(found.data).then(undefined, (error: unknown) => onStoreError('unsaved', error));
			onStoreError('damaged');
		}
		return { earlier: [], current: { id: newId(), turns: [] } };
	}

	private saveLater(): void {
		this.saving ??= this.options.clock.after(saveEveryMs, () => this.save());
	}

	private save(): void {
		this.saving?.();
		this.saving = undefined;
		const { store, clock, onStoreError } = this.options;
		store
			.save(toSaved(this.earlier, this.current, clock.wall()))
			.then(undefined, (error: unknown) => onStoreError('unsaved', error));
	}
}
