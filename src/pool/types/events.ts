import type { Dispose } from './clock';
import type { KeyId } from './key';
import type { EpochMs } from './stateStore';
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
	| { readonly type: 'failed'; readonly request: string; readonly origin: string; readonly reason: string }
	/** A request ended, answered or not, in any window. Emitted once per request. */
	| { readonly type: 'ended'; readonly in: 'this window' | 'another window'; readonly record: RequestRecord }
	/** The snapshot has changed. */
	| { readonly type: 'changed' };

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
