import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { moved, type Span } from './trackedSpan';

/** A range of a document that moves with what is written before it, while an answer is awaited. */
export class TrackedRange implements Disposable {
	private span: Span | undefined;
	private uri: vscode.Uri;
	private readonly owned = new DisposableStore();

	constructor(
		private readonly document: vscode.TextDocument,
		range: vscode.Range,
	) {
		this.span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
		this.uri = document.uri;
		this.owned.add(
			vscode.workspace.onDidChangeTextDocument((event) => {
				if (event.document === document) this.span = this.span && moved(this.span, event.contentChanges);
			}),
		);
		this.owned.add(
			vscode.workspace.onDidRenameFiles(({ files }) => {
				for (const file of files) this.uri = afterRename(this.uri, file);
			}),
		);
	}

	/**
	 * Where `text` stands by then; undefined once it has changed. A document that was closed meanwhile, or whose file was renamed,
	 * is opened again.
	 */
	async find(
		text: string,
	): Promise<{ readonly document: vscode.TextDocument; readonly range: vscode.Range } | undefined> {
		const { document: tracked, span, uri } = this;
		const range = span && new vscode.Range(tracked.positionAt(span.start), tracked.positionAt(span.end));
		const isAway = tracked.isClosed || uri !== tracked.uri;
		const document = range && isAway ? await openedAgain(tracked, uri) : tracked;
		return range && document?.getText(range) === text ? { document, range } : undefined;
	}

	dispose(): void {
		this.owned.dispose();
	}
}

/** Undefined where it is gone, as what was never saved. */
async function openedAgain(
	{ isUntitled }: vscode.TextDocument,
	uri: vscode.Uri,
): Promise<vscode.TextDocument | undefined> {
	try {
		return isUntitled ? undefined : await vscode.workspace.openTextDocument(uri);
	} catch {
		return undefined;
	}
}

/** Where a file is once it, or a folder around it, was renamed. */
function afterRename(uri: vscode.Uri, { oldUri, newUri }: { oldUri: vscode.Uri; newUri: vscode.Uri }): vscode.Uri {
	const isIt = uri.toString() === oldUri.toString();
	const isInside = uri.toString().startsWith(`${oldUri.toString()}/`);
	return isIt || isInside ? newUri.with({ path: newUri.path + uri.path.slice(oldUri.path.length) }) : uri;
}
