import { settled, type Dispose, type Settled } from './clock';
import type { KeyId } from './key';
import type { EpochMs, StateStore } from './stateStore';
import type { Attempt, StreamPart } from './streamPart';
import type { RequestRecord } from './statistics';
import type { Reason } from './failure';

/** A key that a request does not ask again in this round. */
export interface KeySetAside {
	readonly key: KeyId;
	/** The model it was asked for. */
	readonly model: string;
	readonly reason: Reason;
	/** ms since 1970: when it may be asked again; absent if unknown, or if the user must act. */
	readonly until?: EpochMs;
}

/** What monitoring, views and alerts can observe. Observing changes nothing. */
export type PoolEvent =
	/** A stream part other than output. */
	| {
			readonly type: 'part';
			readonly request: string;
			readonly origin: string;
			readonly part: Exclude<StreamPart<never>, { type: 'output' }>;
	  }
	| { readonly type: 'attempt'; readonly request: string; readonly origin: string; readonly attempt: Attempt }
	/**
	 * A key was set aside for a request. Emitted at once, whether another key, another model, a wait or a failure follows.
	 */
	| ({ readonly type: 'keySetAside'; readonly request: string; readonly origin: string } & KeySetAside)
	/** The service named the project number of a key: the only sure sign that two keys share a project. */
	| { readonly type: 'projectNamed'; readonly key: KeyId; readonly number: string }
	/** A request ended without an answer. */
	| {
			readonly type: 'failed';
			readonly request: string;
			readonly origin: string;
			readonly reason: string;
			/** Calls under way held what a budget lacked: it may have it again in a moment. */
			readonly isHeld?: true;
	  }
	/** A request ended, answered or not, in any window. Emitted once per request. */
	| { readonly type: 'ended'; readonly in: 'this window' | 'another window'; readonly record: RequestRecord }
	/** The snapshot has changed. */
	| { readonly type: 'changed' };

/** Runs something a moment after the pool has changed, once for all changes of that moment. */
export function settledChanges(
	pool: { onEvent(listener: (event: PoolEvent) => void): Dispose },
	...of: Parameters<typeof settled>
): Settled {
	const { soon, dispose } = settled(...of);
	const off = pool.onEvent(({ type }) => void (type === 'changed' && soon()));
	return {
		soon,
		dispose: () => {
			off();
			dispose();
		},
	};
}

/** Listeners. One that throws is reported, and the others still hear the event. */
export class Events<E> {
	private readonly listeners = new Set<(event: E) => void>();

	constructor(private readonly onListenerError: (error: unknown) => void) {}

	on(listener: (event: E) => void): Dispose {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	emit(event: E): void {
		for (const listener of [...this.listeners]) {
			try {
				listener(event);
			} catch (error) {
				this.onListenerError(error);
			}
		}
	}

	clear(): void {
		this.listeners.clear();
	}
}

/** Ended requests that are remembered, because the store can show the same record again. */
const maxRemembered = 1_000;

/**
 * The pool's events. The end of each request is emitted once: at once for a request of this window, and when its record shows
 * up in the store for one of another window.
 */
export class PoolEvents extends Events<PoolEvent> {
	/** Requests whose end was emitted, or is about to be, oldest first. */
	private readonly ended = new Set<string>();
	private since: EpochMs;
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		onListenerError: (error: unknown) => void,
	) {
		super(onListenerError);
		this.since = store.now();
		this.off = store.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'requestRecord') this.endedElsewhere(ref.id);
		});
	}

	/** The record of a request of this window is about to be stored: `endedHere` tells of it, and not the store. */
	endsHere(request: string): void {
		this.remember(request);
	}

	/** A request of this window ended. */
	endedHere(record: RequestRecord): void {
		this.emitEnd(record, 'this window');
	}

	dispose(): void {
		this.off();
		this.clear();
	}

	private endedElsewhere(id: string): void {
		const record = this.store.replica().requestRecord.get(id);
		this.since = newsFrom(this.since, this.store.now());
		// Other windows emitted what ended before this window started.
		if (record && record.endedAt >= this.since && !this.ended.has(id)) this.emitEnd(record, 'another window');
	}

	private emitEnd(record: RequestRecord, where: Extract<PoolEvent, { type: 'ended' }>['in']): void {
		this.remember(record.request);
		this.emit({ type: 'ended', in: where, record });
	}

	private remember(request: string): void {
		this.ended.add(request);
		for (const oldest of this.ended) {
			if (this.ended.size <= maxRemembered) break;
			this.ended.delete(oldest);
		}
	}
}

/** Passes values to one reader until `work` ends. A newer value replaces one that was not read yet. */
export class LatestValueChannel<T, R> {
	private value: { readonly of: T } | undefined;
	private end: { readonly result: R } | { readonly error: unknown } | undefined;
	private notify: (() => void) | undefined;

	constructor(work: Promise<R>) {
		work.then(
			(result) => this.finish({ result }),
			(error: unknown) => this.finish({ error }),
		);
	}

	post(value: T): void {
		this.value = { of: value };
		this.notify?.();
	}

	/** The latest unread value, or the result. Throws what the work threw. */
	async next(): Promise<{ readonly value: T } | { readonly result: R }> {
		for (;;) {
			if (this.end) {
				if ('error' in this.end) throw this.end.error;
				return this.end;
			}
			if (this.value) {
				const { of } = this.value;
				this.value = undefined;
				return { value: of };
			}
			await new Promise<void>((resolve) => {
				this.notify = resolve;
			});
		}
	}

	private finish(end: { readonly result: R } | { readonly error: unknown }): void {
		this.end = end;
		this.notify?.();
	}
}

/** ms. A clock that goes back by more was set back. */
export const setBackMs = 60_000;

/** Since when something is news to who began then: what happens after the clock was set back is, although it is of before. */
export function newsFrom(began: number, now: number): number {
	return now < began - setBackMs ? now - setBackMs : began;
}
