import { ProgressLocation, window } from 'vscode';
import { messageText } from './safeText';

/** Shows the progress; `increment` is in per cent. */
export type ReportProgress = (message: string, increment?: number) => void;

/** Works while a notification shows the progress, with a button that aborts `signal`. */
export async function withProgress<R>(
	title: string,
	work: (reportProgress: ReportProgress, signal: AbortSignal) => Promise<R>,
): Promise<R> {
	const options = { location: ProgressLocation.Notification, title: messageText(title), cancellable: true };
	return window.withProgress(options, async (progress, token) => {
		const abort = new AbortController();
		const cancelling = token.onCancellationRequested(() => abort.abort(new Error('Cancelled by the user.')));
		const reportProgress: ReportProgress = (message, increment) =>
			progress.report({ message: messageText(message), ...(increment !== undefined && { increment }) });
		try {
			return await work(reportProgress, abort.signal);
		} finally {
			cancelling.dispose();
		}
	});
}

/** Works while one of our views shows a progress bar. */
export async function withViewProgress<R>(viewId: `keypool.${string}`, work: () => Promise<R>): Promise<R> {
	return window.withProgress({ location: { viewId } }, work);
}
