/**
 * What another extension gets of Keypool: the `exports` of `keypool.keypool-gemini`. This file imports nothing, so that it
 * can be copied. docs/API.md explains it.
 */

/** ms since 1970. */
export type EpochMs = number;

export interface Disposable {
	dispose(): void;
}

/** As VS Code's own: takes a listener until what it returns is disposed. */
export type Event<T> = (listener: (event: T) => unknown, thisArgs?: unknown, disposables?: Disposable[]) => Disposable;

export interface KeypoolApi {
	/** Rises with a change that is not compatible. */
	readonly version: 1;
	/** A key was set aside for a request of this window: once each time, whether another key or model follows or not. */
	readonly onFallback: Event<KeyFallback>;
	/** Something that `getStats` tells may have changed. Changes that follow each other closely are told together. */
	readonly onDidChangePool: Event<void>;
	/** How the keys stand now, over all windows of this machine. */
	getStats(): PoolStats;
}

export interface KeyFallback {
	/** The key's id: it stays the same when the key is renamed or replaced, and says nothing of its secret. */
	readonly key: string;
	/** The model that the key was asked for. */
	readonly model: string;
	/** Why, as one of the words in docs/API.md. A later version may know more of them. */
	readonly reason: string;
	/** When the key may be asked for this model again; absent where nobody knows, or where a person must act. */
	readonly until?: EpochMs;
}

export interface KeyStats {
	/** Whether it can answer with `model` now. */
	readonly available: boolean;
	/** Answers so far. */
	readonly success: number;
	/** Refusals for its quota or for itself: trouble of the service or the network is no key's fault. */
	readonly fail: number;
	/** When it is available again: null where it is, or where nobody knows; infinite where a person must act. */
	readonly rateLimitedUntil: EpochMs | null;
}

export interface PoolStats {
	/** The selected model, which `available` speaks of. */
	readonly model: string;
	/** By key id, in the order of the keys. */
	readonly keys: Readonly<Record<string, KeyStats>>;
	/** The place in that order whose turn is next, from 0; null where the strategy has no turns, or nothing was asked yet. */
	readonly nextIndex: number | null;
	/** Whether the keys are those of the built-in simulator. */
	readonly simulated: boolean;
}
