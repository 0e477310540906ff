import type { Clock } from './clock';

/** Resolves after `ms`, or as soon as the signal is aborted. */
export function pause(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = (): void => {
			off();
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const off = clock.after(ms, end);
		if (signal?.aborted) end();
		else signal?.addEventListener('abort', end);
	});
}

/** A mutex: what is returned runs one task at a time, in the order of their coming, also after one that failed. */
export function createMutex(): <T>(task: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (task) => {
		const done = last.then(task);
		last = done.catch(() => undefined);
		return done;
	};
}

/** The work's result; `late` where it takes longer than `ms`: the work goes on, and nobody hears of its end. */
export function within<T>(clock: Pick<Clock, 'after'>, ms: number, work: Promise<T>): Promise<T | 'late'> {
	return new Promise((resolve, reject) => {
		const off = clock.after(Math.max(0, ms), () => resolve('late'));
		work.then(resolve, reject).finally(off);
	});
}

/** The work's result; rejects with the signal's reason as soon as that is aborted. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	let cancel = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		cancel = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
		if (signal.aborted) cancel();
		else signal.addEventListener('abort', cancel);
	});
	try {
		return await Promise.race([aborted, work]);
	} finally {
		signal.removeEventListener('abort', cancel);
	}
}
