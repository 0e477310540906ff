import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { isGone } from '../../common/exists';
import { showInformation, showWarning } from '../../ui/messages';
import { oneLine } from '../../ui/safeText';
import { moved, type Span } from './trackedSpan';

/** A change of a document that a person has yet to accept. */
export interface Proposal {
	readonly document: vscode.TextDocument;
	/** What is replaced. */
	readonly range: vscode.Range;
	readonly replacement: string;
	/** The diff's title, localised. */
	readonly title: string;
}

/** `stale`: what was to be replaced has changed or is gone; nothing was done and the person was told. */
export type Outcome = 'accepted' | 'rejected' | 'stale';

interface Open extends Proposal {
	readonly uri: vscode.Uri;
	span: Span | undefined;
	/** Whether it is being written: a second click must not write it again. */
	isAccepted: boolean;
	readonly settle: (outcome: Outcome) => void;
}

/** Proposals open at the same time; the oldest is rejected beyond this. */
const maxOpen = 20;

/**
 * Shows a change beside what it would replace, in VS Code's own diff, to be accepted or rejected. The document stays as
 * it is until then and may be edited elsewhere meanwhile; closing the diff rejects.
 */
export class ApplyDiff implements vscode.TextDocumentContentProvider, Disposable {
	static readonly scheme = 'keypool-change';

	private readonly owned = new DisposableStore();
	private readonly changed = this.owned.add(new vscode.EventEmitter<vscode.Uri>());
	private readonly open = new Map<string, Open>();
	private count = 0;
	readonly onDidChange = this.changed.event;

	constructor() {
		this.owned.add(vscode.workspace.registerTextDocumentContentProvider(ApplyDiff.scheme, this));
		this.owned.add(vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)));
		this.owned.add(vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.rejectClosed(closed)));
		this.closeLeft();
	}

	/** Opens the diff; resolves once the person has decided, or closed it. */
	async propose(proposal: Proposal): Promise<Outcome> {
		const { document, range } = proposal;
		const [oldest] = this.open.size >= maxOpen ? this.open.values() : [];
		if (oldest) {
			await this.end(oldest, 'rejected');
		}
		// The document's own path is what people know it by, the number tells two proposals for one document apart.
		const uri = vscode.Uri.from({
			scheme: ApplyDiff.scheme,
			path: document.uri.path.startsWith('/') ? document.uri.path : `/${document.uri.path}`,
			query: String(++this.count),
		});
		const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
		const decided = new Promise<Outcome>((settle) =>
			this.open.set(uri.query, { ...proposal, uri, span, isAccepted: false, settle }),
		);
		const proposed = await vscode.workspace.openTextDocument(uri);
		// By its path, a cell is a whole notebook, and what was never saved is of no language.
		await vscode.languages.setTextDocumentLanguage(proposed, document.languageId);
		await vscode.commands.executeCommand('vscode.diff', document.uri, uri, oneLine(proposal.title), { preview: false });
		return decided;
	}

	provideTextDocumentContent({ query }: vscode.Uri): string | undefined {
		const open = this.open.get(query);
		if (!open?.span) {
			return open?.document.getText();
		}
		const text = open.document.getText();
		return text.slice(0, open.span.start) + open.replacement + text.slice(open.span.end);
	}

	/**
	 * Accepts the proposal in the active tab, if there is one.
	 * @param given the proposal's address, from the button of a tab: a setting shows those of each group
	 */
	async accept(given?: unknown): Promise<void> {
		const open = this.shown(given);
		if (!open || open.isAccepted) {
			return;
		}
		open.isAccepted = true;
		const { document, replacement } = open;
		const editor = open.span && (await editorOf(document));
		// As it is by now.
		const { span } = open;
		if (!span) {
			await this.end(open, 'stale');
			void showWarning(vscode.l10n.t('The code has changed since then. Nothing was applied: ask again.'));
			return;
		}
		const edited = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
		if (!editor || !(await replaceIn(editor, edited, replacement))) {
			open.isAccepted = false;
			void showWarning(vscode.l10n.t('The file cannot be changed.'));
			return;
		}
		await this.end(open, 'accepted');
		// The editor writes the document's own line ends.
		const written = replacement.replace(/\r?\n/g, document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
		await vscode.window.showTextDocument(document.uri, {
			selection: new vscode.Range(edited.start, document.positionAt(span.start + written.length)),
			preview: false,
		});
	}

	/** Rejects a proposal likewise. */
	async reject(given?: unknown): Promise<void> {
		const open = this.shown(given);
		if (open) {
			await this.end(open, 'rejected');
		}
	}

	dispose(): void {
		for (const { settle } of this.open.values()) {
			settle('rejected');
		}
		this.open.clear();
		this.owned.dispose();
	}

	/** Of before extensions were restarted without their window: nobody can accept them, and their addresses come again. */
	private closeLeft(): void {
		const left = tabsWhere((tab) => addressIn(tab) !== undefined);
		if (left.length === 0) return;
		void vscode.window.tabGroups.close(left);
		void showWarning(
			vscode.l10n.t('A change was proposed before Keypool was restarted. Nothing of it was applied: ask again.'),
		);
	}

	private shown(given: unknown): Open | undefined {
		if (given instanceof vscode.Uri && given.scheme === ApplyDiff.scheme) return this.open.get(given.query);
		return this.of(vscode.window.tabGroups.activeTabGroup.activeTab);
	}

	private of(tab: vscode.Tab | undefined): Open | undefined {
		const address = addressIn(tab);
		return address && this.open.get(address.query);
	}

	private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
		for (const open of this.open.values()) {
			if (open.document === document && contentChanges.length > 0) {
				open.span = open.span && moved(open.span, contentChanges);
				this.changed.fire(open.uri);
			}
		}
	}

	/** A tab that is moved to another group is closed in its own, after it was opened there. */
	private rejectClosed(tabs: readonly vscode.Tab[]): void {
		for (const tab of tabs) {
			const open = this.of(tab);
			if (!open || this.tabsOf(open).length > 0) continue;
			this.open.delete(open.uri.query);
			void this.settleClosed(open);
		}
	}

	/** VS Code closes the diff of a file that is deleted or gets another name. */
	private async settleClosed({ document, settle }: Open): Promise<void> {
		if (!(await isGone(document.uri))) return settle('rejected');
		settle('stale');
		void showWarning(
			vscode.l10n.t('The file of the proposed change was deleted or renamed. Nothing was applied: ask again.'),
		);
	}

	private tabsOf(open: Open): readonly vscode.Tab[] {
		return tabsWhere((tab) => this.of(tab) === open);
	}

	private async end(open: Open, outcome: Outcome): Promise<void> {
		const tabs = this.tabsOf(open);
		this.open.delete(open.uri.query);
		await vscode.window.tabGroups.close(tabs);
		open.settle(outcome);
	}
}

/**
 * Whether nothing can be put into a document: it is a change that waits to be accepted, or the results of a search, of which the
 * editor shows no diff; then that was told.
 */
export function isFixed(document: vscode.TextDocument | undefined): boolean {
	const { scheme } = document?.uri ?? {};
	if (scheme === ApplyDiff.scheme) void showInformation(vscode.l10n.t('Accept or reject the proposed change first.'));
	if (scheme === 'search-editor') void showWarning(vscode.l10n.t('The file cannot be changed.'));
	return scheme === ApplyDiff.scheme || scheme === 'search-editor';
}

function tabsWhere(isMeant: (tab: vscode.Tab) => boolean): readonly vscode.Tab[] {
	return vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isMeant);
}

/** Of the proposal that a tab shows. */
function addressIn(tab: vscode.Tab | undefined): vscode.Uri | undefined {
	const { input } = tab ?? {};
	const isOurs = input instanceof vscode.TabInputTextDiff && input.modified.scheme === ApplyDiff.scheme;
	return isOurs ? input.modified : undefined;
}

/**
 * False where the document is read-only, which VS Code tells of none: it calls an edit of such an editor done. One of the
 * workspace would be shown there, never be saved, and not be undone.
 */
export async function replaceIn(editor: vscode.TextEditor, range: vscode.Range, text: string): Promise<boolean> {
	const { version } = editor.document;
	return (await editor.edit((edit) => edit.replace(range, text))) && editor.document.version !== version;
}

/** In the group that has it open, which need not be that of the diff. Undefined where the document is gone. */
async function editorOf({ uri }: vscode.TextDocument): Promise<vscode.TextEditor | undefined> {
	const isOfIt = ({ input }: vscode.Tab): boolean =>
		(input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook) && input.uri.path === uri.path;
	const viewColumn = tabsWhere(isOfIt)[0]?.group.viewColumn;
	try {
		return await vscode.window.showTextDocument(uri, { preview: false, ...(viewColumn && { viewColumn }) });
	} catch {
		return undefined;
	}
}
