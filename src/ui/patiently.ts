import { withProgress } from './progress';

/** ms after which it is said what is waited for. */
const saidAfterMs = 1_000;

/**
 * What somebody tells who may take a while, or never answer; undefined where the person does not want to wait for it, which
 * aborts the signal.
 */
export async function patiently<T>(title: string, tell: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
	const cancel = new AbortController();
	const told = tell(cancel.signal).then((value) => ({ value }));
	const soon = await Promise.race([told, aborted(AbortSignal.timeout(saidAfterMs))]);
	const late = (): Promise<{ readonly value: T } | undefined> =>
		withProgress(title, (_, signal) => {
			const left = aborted(signal);
			void left.then(() => cancel.abort(signal.reason));
			return Promise.race([told, left]);
		});
	return (soon ?? (await late()))?.value;
}

/** Resolves once the signal is aborted, to nothing. */
export function aborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		const end = (): void => resolve(undefined);
		if (signal.aborted) end();
		signal.addEventListener('abort', end, { once: true });
	});
}
