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
