import type { CancellationToken } from 'vscode';
import type { Disposable } from '../common/dispose';

/** The editor's token as a signal; let go of it when the work is done. */
export function signalOf(token: CancellationToken): Disposable & { readonly signal: AbortSignal } {
	const abort = new AbortController();
	const cancel = (): void => abort.abort(new Error('Cancelled by the editor.'));
	const cancelling = token.onCancellationRequested(cancel);
	if (token.isCancellationRequested) cancel();
	return { signal: abort.signal, dispose: () => void cancelling.dispose() };
}

/** The work's result; rejects at once where the signal is aborted meanwhile. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	signal.throwIfAborted();
	let cancel = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		cancel = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
		signal.addEventListener('abort', cancel, { once: true });
	});
	try {
		return await Promise.race([work, aborted]);
	} finally {
		signal.removeEventListener('abort', cancel);
	}
}
