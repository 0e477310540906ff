/** Time as the simulator needs it. Its own, not the engine's: the two share no code, so that they can disagree. */
export interface Clock {
	/** ms since 1970. */
	now(): number;
	/** Runs once after `ms`; the answer takes the timer back. */
	after(ms: number, run: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Chance = () => number;

/** The machine's own time, for the shell that serves people. */
export const systemClock: Clock = {
	now: () => Date.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};

/** Waits `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return untilAborted(signal, (done) => clock.after(ms, done));
}

/** Never ends but by abort. */
export function hang(signal: AbortSignal): Promise<never> {
	return untilAborted<never>(signal, () => () => undefined);
}

/** Resolves when `begin` calls its argument, or rejects with the signal's reason; `begin` answers how to take back what it began. */
export function untilAborted<T = void>(
	signal: AbortSignal,
	begin: (done: (value: T) => void) => () => void,
): Promise<T> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(reasonOf(signal));
			return;
		}
		const onAbort = (): void => {
			takeBack();
			reject(reasonOf(signal));
		};
		const takeBack = begin((value) => {
			signal.removeEventListener('abort', onAbort);
			resolve(value);
		});
		signal.addEventListener('abort', onAbort, { once: true });
	});
}

function reasonOf(signal: AbortSignal): Error {
	const reason: unknown = signal.reason;
	return reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError');
}
