/** An abort signal of its own for one call. */
export interface AbortScope {
	/** Used for this call only, because the SDK leaves its listeners on the signal. */
	readonly signal: AbortSignal;
	/** Settles as `promise` does, or rejects with the caller's reason as soon as the caller aborts. */
	orAborted<T>(promise: Promise<T>): Promise<T>;
	/**
	 * Stops listening to the caller's signal, and aborts what is still running.
	 *
	 * @param isWhole the answer has ended by itself: nothing is running
	 */
	end(isWhole?: boolean): void;
}

/** Made once, because an error with its stack for each call costs a tenth of a short answer. */
const ended = new Error('The attempt has ended.');

export function openAbortScope(caller: AbortSignal): AbortScope {
	caller.throwIfAborted();
	const controller = new AbortController();
	const follow = (): void => controller.abort(caller.reason);
	caller.addEventListener('abort', follow, { once: true });
	return {
		signal: controller.signal,
		orAborted: async (promise) => {
			let stop: (() => void) | undefined;
			const aborted = new Promise<never>((_, reject) => {
				stop = () => reject(controller.signal.reason as Error);
				controller.signal.addEventListener('abort', stop, { once: true });
			});
			try {
				caller.throwIfAborted();
				return await Promise.race([promise, aborted]);
			} finally {
				if (stop !== undefined) {
					controller.signal.removeEventListener('abort', stop);
				}
			}
		},
		end(isWhole = false) {
			caller.removeEventListener('abort', follow);
			if (!isWhole) controller.abort(ended);
		},
	};
}
