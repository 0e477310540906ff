/**
 * The API for other extensions: the `exports` of `keypool.keypool-gemini`. This file imports nothing, so that it can be
 * copied. docs/API.md explains it.
 */

/** ms since 1970. */
export type EpochMs = number;

export interface Disposable {
	dispose(): void;
}

/** As VS Code's own: calls the listener until the returned object is disposed. */
export type Event<T> = (listener: (event: T) => unknown, thisArgs?: unknown, disposables?: Disposable[]) => Disposable;

export interface KeypoolApi {
	/** Increases with each incompatible change. */
	readonly version: 1;
	/** A request of this window stopped using a key: fires once each time, whether another key or model follows or not. */
	readonly onFallback: Event<KeyFallback>;
	/** What `getStats` returns may have changed. Changes in quick succession fire once. */
	readonly onDidChangePool: Event<void>;
	/** The state of the keys now, over all windows of this machine. */
	getStats(): PoolStats;
}

export interface KeyFallback {
	/** The key's id: it stays the same when the key is renamed or replaced, and reveals nothing of its secret. */
	readonly key: string;
	/** The model that the request asked for. */
	readonly model: string;
	/** One of the reasons in docs/API.md. A later version may add more. */
	readonly reason: string;
	/** When the key may be used for this model again; absent if unknown, or if the user must act. */
	readonly until?: EpochMs;
}

export interface KeyStats {
	/** Whether it can answer with `model` now. */
	readonly available: boolean;
	/** Answers so far. */
	readonly success: number;
	/** Refusals for the quota or for the key itself. Failures of the service or the network do not count. */
	readonly fail: number;
	/** When it is available again: null if it is now, if it is disabled, or if unknown; infinite if the user must act. */
	readonly rateLimitedUntil: EpochMs | null;
}

export interface PoolStats {
	/** The selected model, to which `available` refers. */
	readonly model: string;
	/** By key id, in the order of the keys. */
	readonly keys: Readonly<Record<string, KeyStats>>;
	/** The position in that order of the key whose turn is next, from 0; null if the strategy has no turns, or before the first request. */
	readonly nextIndex: number | null;
	/** Whether the keys are those of the built-in simulator. */
	readonly simulated: boolean;
}
