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

	/** Undefined once what it held has changed. */
	get range(): vscode.Range | undefined {
		const { document, span } = this;
		return span && new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
	}

	dispose(): void {
		this.listener.dispose();
	}
}
