/** The part of an AbortSignal's life that belongs to one attempt. */
export interface AbortScope {
	/** Of this attempt alone, because the SDK keeps its listeners on the signal it is given. */
	readonly signal: AbortSignal;
	/** Settles as `promise` does, or rejects with the caller's reason as soon as the caller aborts. */
	orAborted<T>(promise: Promise<T>): Promise<T>;
	/** Ends what is still under way and lets go of the caller's signal. */
	end(): void;
}

/** Made once: a reason of its own for each attempt, with its stack, costs a tenth of a short answer. */
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
		end() {
			caller.removeEventListener('abort', follow);
			controller.abort(ended);
		},
	};
}
