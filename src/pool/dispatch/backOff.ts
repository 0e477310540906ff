import type { Clock } from '../types/clock';

/** A pause of one request. */
interface BackOff {
	/** Rejects with the signal's reason. */
	readonly over: Promise<void>;
	readonly end: () => void;
}

export function backOff(clock: Clock, signal: AbortSignal, ms: number): BackOff {
	let end = (): void => undefined;
	const over = new Promise<void>((resolve, reject) => {
		const cancel = (): void => {
			off();
			reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
		};
		end = () => {
			off();
			signal.removeEventListener('abort', cancel);
			resolve();
		};
		const off = clock.after(ms, end);
		if (signal.aborted) cancel();
		else signal.addEventListener('abort', cancel);
	});
	return { over, end };
}
