import type { Dispose } from './clock';
import type { KeyId } from './key';
import type { EpochMs } from './stateStore';
import type { Attempt, StreamPart } from './streamPart';
import type { RequestRecord } from './statistics';
import type { Reason } from './failure';

/** A key that a request will not come back to, at least not in this round. */
export interface KeySetAside {
	readonly key: KeyId;
	/** The model that it was asked for. */
	readonly model: string;
	readonly reason: Reason;
	/** ms since 1970: when it may be asked again; absent where nobody knows, or where a person must act. */
	readonly until?: EpochMs;
}

/** What the pool tells whoever watches: monitoring, views, alerts. Watching changes nothing. */
export type PoolEvent =
	/** Something in band, apart from output. */
	| {
			readonly type: 'part';
			readonly request: string;
			readonly origin: string;
			readonly part: Exclude<StreamPart<never>, { type: 'output' }>;
	  }
	| { readonly type: 'attempt'; readonly request: string; readonly origin: string; readonly attempt: Attempt }
	/**
	 * A key was set aside for a request: once each time, as soon as it is, whether another key or model follows, only after a
	 * wait, or none at all.
	 */
	| ({ readonly type: 'keySetAside'; readonly request: string; readonly origin: string } & KeySetAside)
	/** The service named the project of a key, by its number: the only sure sign that keys are of one project. */
	| { readonly type: 'projectNamed'; readonly key: KeyId; readonly number: string }
	/** A request ended without an answer. */
	| { readonly type: 'failed'; readonly request: string; readonly origin: string; readonly reason: string }
	/** A request ended, whether answered or not: once for each, whichever window on the ledger it ran in. */
	| { readonly type: 'ended'; readonly in: 'this window' | 'another window'; readonly record: RequestRecord }
	/** The snapshot is a new one. */
	| { readonly type: 'changed' };

/** Listeners that cannot hurt: one that throws is reported to the others' side channel and the pool goes on. */
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
