import { EditorStandIn } from '../ui/editor';

export class Position {
	constructor(
		readonly line: number,
		readonly character: number,
	) {}
}

export class Range {
	readonly start: Position;
	readonly end: Position;
	constructor(...ends: readonly [Position, Position] | readonly [number, number, number, number]) {
		const isNumbers = ends.length === 4;
		this.start = isNumbers ? new Position(ends[0], ends[1]) : ends[0];
		this.end = isNumbers ? new Position(ends[2], ends[3]) : ends[1];
	}

	contains({ line, character }: Position): boolean {
		const { start, end } = this;
		const isAfter = line > start.line || (line === start.line && character >= start.character);
		return isAfter && (line < end.line || (line === end.line && character <= end.character));
	}

	/** Of ranges, one of which begins in the other, what matters here is that there is some. */
	intersection(other: Range): Range | undefined {
		return this.contains(other.start) || other.contains(this.start) ? this : undefined;
	}

	get isEmpty(): boolean {
		return this.start.line === this.end.line && this.start.character === this.end.character;
	}
}

export class FileUri {
	constructor(
		readonly scheme: string,
		readonly path: string,
		readonly query = '',
	) {}

	static from({ scheme, path, query }: { scheme: string; path: string; query?: string }): FileUri {
		return new FileUri(scheme, path, query);
	}

	static parse(address: string): FileUri {
		const [scheme = '', path = ''] = address.split(':');
		return new FileUri(scheme, path);
	}

	with({ scheme = this.scheme, path = this.path }: { scheme?: string; path?: string }): FileUri {
		return new FileUri(scheme, path);
	}

	toString(): string {
		return `${this.scheme}:${this.path}${this.query === '' ? '' : `?${this.query}`}`;
	}
}

class Location {
	constructor(
		readonly uri: FileUri,
		readonly range: Range,
	) {}
}

class Event<T> {
	private readonly listeners = new Set<(event: T) => void>();
	readonly event = (listener: (event: T) => void) => {
		this.listeners.add(listener);
		return { dispose: () => void this.listeners.delete(listener) };
	};
	fire = (event: T): void => this.listeners.forEach((listener) => listener(event));
	dispose(): void {
		this.listeners.clear();
	}
}

export class Document {
	isClosed = false;
	version = 1;
	readonly isUntitled = false;

	constructor(
		readonly uri: FileUri,
		public text: string,
		public languageId = 'plaintext',
	) {}

	get eol(): 1 | 2 {
		return this.text.includes('\r\n') ? 2 : 1;
	}

	getText(range?: Range): string {
		return range ? this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : this.text;
	}

	offsetAt({ line, character }: Position): number {
		return this.lines.slice(0, line).join('').length + character;
	}

	positionAt(offset: number): Position {
		const before = this.text.slice(0, offset).split(/\r?\n/);
		return new Position(before.length - 1, before.at(-1)?.length ?? 0);
	}

	lineAt(line: number): { readonly text: string; readonly firstNonWhitespaceCharacterIndex: number } {
		const text = (this.lines[line] ?? '').replace(/\r?\n$/, '');
		return { text, firstNonWhitespaceCharacterIndex: /^\s*/.exec(text)?.[0].length ?? 0 };
	}

	private get lines(): readonly string[] {
		return this.text.split(/(?<=\n)/);
	}
}

class FileSystemError extends Error {
	constructor(readonly code: string) {
		super(code);
	}
}

class TabInputTextDiff {
	constructor(
		readonly original: FileUri,
		readonly modified: FileUri,
	) {}
}

class TabInputText {
	constructor(readonly uri: FileUri) {}
}

interface Provider {
	readonly provideTextDocumentContent: (uri: FileUri) => string | undefined;
}

export interface Tab {
	readonly input: TabInputTextDiff;
}

/** An editor with documents, tabs and a selection. It knows what src/editor uses of it. */
export class DocumentsStandIn extends EditorStandIn {
	private readonly changed = new Event<object>();
	private readonly renamed = new Event<{ readonly files: readonly object[] }>();
	private readonly tabsChanged = new Event<{ readonly closed: readonly Tab[] }>();
	/** The documents that can be opened, by address. */
	readonly onDisk = new Map<string, string>();
	private readonly providers = new Map<string, Provider['provideTextDocumentContent']>();
	readonly tabs: Tab[] = [];
	/** What is open in another group than the diffs. */
	readonly others: { readonly input: TabInputText; readonly group: { readonly viewColumn: number } }[] = [];
	readonly selections: Range[] = [];
	/** The groups in which documents were shown; undefined: the active one. */
	readonly columns: (number | undefined)[] = [];
	/** As where a person may not change a document: VS Code says of an edit of its editor that it was done, and does one of the workspace. */
	isReadOnly = false;
	/** Why what is not `onDisk` cannot be looked at; `Unavailable` where no file system has such addresses. */
	absence: 'FileNotFound' | 'Unavailable' = 'FileNotFound';
	/** What a person types into a box. */
	types: () => string | undefined = () => undefined;
	documents: Document[] = [];

	constructor() {
		super();
		const shown = this.api.window;
		Object.assign(this.api, {
			Position,
			Range,
			Location,
			EventEmitter: Event,
			Uri: FileUri,
			EndOfLine: { LF: 1, CRLF: 2 },
			DiagnosticSeverity: { Error: 0, Warning: 1 },
			FileSystemError,
			TabInputTextDiff,
			TabInputText,
			TabInputNotebook: TabInputText,
			WorkspaceEdit: class {
				readonly edits: [FileUri, Range, string][] = [];
				replace(...edit: [FileUri, Range, string]): void {
					this.edits.push(edit);
				}
			},
			languages: {
				getDiagnostics: () => [],
				setTextDocumentLanguage: (document: Document, language: string) => {
					document.languageId = language;
					return Promise.resolve(document);
				},
			},
			commands: {
				executeCommand: (name: string, original: FileUri, modified: FileUri) => {
					if (name === 'vscode.diff') this.tabs.push({ input: new TabInputTextDiff(original, modified) });
					return Promise.resolve();
				},
			},
			workspace: {
				registerTextDocumentContentProvider: (scheme: string, provider: Provider) => {
					this.providers.set(scheme, (uri) => provider.provideTextDocumentContent(uri));
					return { dispose: () => undefined };
				},
				onDidChangeTextDocument: this.changed.event,
				onDidRenameFiles: this.renamed.event,
				fs: {
					stat: (uri: FileUri) =>
						this.onDisk.has(uri.toString()) ? Promise.resolve() : Promise.reject(new FileSystemError(this.absence)),
				},
				getWorkspaceFolder: () => undefined,
				textDocuments: [],
				asRelativePath: ({ path }: FileUri) => path,
				applyEdit: async ({ edits }: { readonly edits: readonly [FileUri, Range, string][] }) => {
					await Promise.resolve();
					for (const [uri, range, text] of edits) this.edit(this.find(uri), range, text);
					return true;
				},
				openTextDocument: (uri: FileUri) => {
					const open = this.documents.find((one) => one.uri.toString() === uri.toString());
					if (open) return Promise.resolve(open);
					const text = this.onDisk.get(uri.toString()) ?? this.providers.get(uri.scheme)?.(uri);
					return text === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(this.open(uri, text));
				},
			},
			window: {
				...shown,
				showInputBox: () => Promise.resolve(this.types()),
				showTextDocument: (uri: FileUri, { selection, viewColumn }: { selection?: Range; viewColumn?: number }) => {
					this.columns.push(viewColumn);
					if (selection) this.selections.push(selection);
					return Promise.resolve(this.editorOf(this.find(uri)));
				},
				tabGroups: {
					onDidChangeTabs: this.tabsChanged.event,
					all: [{ tabs: this.tabs }, { tabs: this.others }],
					activeTabGroup: Object.defineProperty({}, 'activeTab', { get: () => this.tabs.at(-1) }),
					close: (tabs: readonly Tab[]) => Promise.resolve(tabs.forEach((tab) => this.closeTab(tab))),
				},
			},
		});
	}

	open(uri: FileUri, text: string): Document {
		const document = new Document(uri, text);
		this.onDisk.set(uri.toString(), text);
		this.documents.push(document);
		return document;
	}

	/** Shows it in a group of its own. */
	openBeside({ uri }: Document): void {
		this.others.push({ input: new TabInputText(uri), group: { viewColumn: 2 } });
	}

	editorOf(document: Document) {
		const replace = (range: Range, text: string): void => {
			if (!this.isReadOnly) this.edit(document, range, text);
		};
		const edit = async (make: (builder: object) => void): Promise<boolean> => {
			await Promise.resolve();
			make({ replace });
			return true;
		};
		return { document, edit };
	}

	close(document: Document): void {
		document.isClosed = true;
		this.documents = this.documents.filter((open) => open !== document);
	}

	/** A file, or the folder of some, as in the explorer: what is open closes, and opens under its new name. */
	rename(oldUri: FileUri, newUri: FileUri): void {
		for (const document of [...this.documents]) {
			const { uri, text } = document;
			this.close(document);
			this.onDisk.delete(uri.toString());
			this.open(uri.with({ path: uri.path.replace(oldUri.path, newUri.path) }), text);
		}
		this.renamed.fire({ files: [{ oldUri, newUri }] });
	}

	edit(document: Document, range: Range, text: string): void {
		const rangeOffset = document.offsetAt(range.start);
		const end = document.offsetAt(range.end);
		const eol = document.eol === 2 ? '\r\n' : '\n';
		const put = text.replaceAll(/\r?\n/g, eol);
		document.text = document.text.slice(0, rangeOffset) + put + document.text.slice(end);
		document.version++;
		this.changed.fire({ document, contentChanges: [{ rangeOffset, rangeLength: end - rangeOffset, text: put }] });
	}

	closeTab(tab: Tab): void {
		this.tabs.splice(this.tabs.indexOf(tab), 1);
		this.tabsChanged.fire({ closed: [tab] });
	}

	/** As VS Code does it: it opens in the other group first. */
	moveTab(tab: Tab): void {
		const moved = { input: tab.input };
		this.tabs.push(moved);
		this.closeTab(tab);
	}

	private find(uri: FileUri): Document {
		const document = this.documents.find((open) => open.uri.toString() === uri.toString());
		if (!document) throw new Error('It is not open.');
		return document;
	}
}
