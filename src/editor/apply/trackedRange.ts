import * as vscode from 'vscode';
import type { Disposable } from '../../common/dispose';
import { moved, type Span } from './trackedSpan';

/** A range of a document that moves with what is written before it, while an answer is awaited. */
export class TrackedRange implements Disposable {
	private span: Span | undefined;
	private readonly listener: vscode.Disposable;

	constructor(
		private readonly document: vscode.TextDocument,
		range: vscode.Range,
	) {
		this.span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
		this.listener = vscode.workspace.onDidChangeTextDocument((event) => {
			if (event.document === document) this.span = this.span && moved(this.span, event.contentChanges);
		});
	}

	/** Where `text` stands by then; undefined once it has changed. A document that was closed meanwhile is opened again. */
	async find(
		text: string,
	): Promise<{ readonly document: vscode.TextDocument; readonly range: vscode.Range } | undefined> {
		const { document: tracked, span } = this;
		const range = span && new vscode.Range(tracked.positionAt(span.start), tracked.positionAt(span.end));
		const document = range && tracked.isClosed ? await openedAgain(tracked) : tracked;
		return range && document?.getText(range) === text ? { document, range } : undefined;
	}

	dispose(): void {
		this.listener.dispose();
	}
}

/** Undefined where it is gone, as what was never saved. */
async function openedAgain({ isUntitled, uri }: vscode.TextDocument): Promise<vscode.TextDocument | undefined> {
	try {
		return isUntitled ? undefined : await vscode.workspace.openTextDocument(uri);
	} catch {
		return undefined;
	}
}
