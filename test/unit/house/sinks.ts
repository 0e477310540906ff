/**
 * Every way on which a text leaves the extension, and what may use it. A text of the service can hold a whole key, so each
 * of these has its canary: in test/unit/secrecy.test.ts what reaches it is read after keys were leaked through every kind
 * of failure, in test/full/canary.test.ts the real window is.
 */
export const sinks = {
	log: ['extension.ts'],
	notification: ['chat', 'editor', 'extension.ts', 'keys', 'monitoring', 'trial', 'views', 'removeEverything.ts'],
	/** Pickers, boxes to type in, progress: labels and masks only. */
	dialog: ['chat', 'editor', 'keys', 'monitoring', 'views', 'removeEverything.ts'],
	tree: ['views'],
	statusBar: ['editor', 'keys', 'views'],
	webview: ['chat', 'views', 'webviews'],
	/** Documents that are opened, shown or changed: answers, and the report of a problem. */
	document: ['chat', 'editor', 'keys', 'monitoring', 'views', 'removeEverything.ts'],
	/** Files that a person asked for, and conversations. */
	file: ['chat', 'editor', 'exists.ts', 'keys', 'platform', 'views', 'removeEverything.ts'],
	clipboard: ['chat', 'keys'],
	/** What the editor keeps for us: conversations, what was told. */
	memento: ['extension.ts'],
	/** The one place for keys. */
	secretStorage: ['extension.ts'],
	ledger: ['platform'],
	/** The page that Prometheus reads. */
	page: ['platform'],
	mail: ['platform'],
	/** Requests to the service, and alerts. What `trial` calls by that name is the simulator in the same process. */
	network: ['extension.ts', 'gemini', 'monitoring', 'platform', 'trial'],
	browser: ['chat', 'editor', 'keys', 'views'],
	command: [
		'chat',
		'editor',
		'extension.ts',
		'keys',
		'lazyCommands.ts',
		'monitoring',
		'trial',
		'views',
		'removeEverything.ts',
	],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Sink = keyof typeof sinks;

/** What the editor's API offers and the sources use: where text goes in, and what takes none. */
export const editorApi: Readonly<Record<string, Sink | 'harmless'>> = {
	'window.createOutputChannel': 'log',
	'window.showInformationMessage': 'notification',
	'window.showWarningMessage': 'notification',
	'window.showErrorMessage': 'notification',
	'window.showInputBox': 'dialog',
	'window.showQuickPick': 'dialog',
	'window.createQuickPick': 'dialog',
	'window.createInputBox': 'dialog',
	'window.showOpenDialog': 'dialog',
	'window.showSaveDialog': 'dialog',
	'window.withProgress': 'dialog',
	'window.createTreeView': 'tree',
	'window.registerTreeDataProvider': 'tree',
	'window.createStatusBarItem': 'statusBar',
	'window.setStatusBarMessage': 'statusBar',
	'window.registerWebviewViewProvider': 'webview',
	'window.registerWebviewPanelSerializer': 'webview',
	'window.createWebviewPanel': 'webview',
	'window.showTextDocument': 'document',
	'workspace.openTextDocument': 'document',
	'workspace.applyEdit': 'document',
	'workspace.registerTextDocumentContentProvider': 'document',
	'workspace.fs': 'file',
	'env.clipboard': 'clipboard',
	'env.openExternal': 'browser',
	'commands.executeCommand': 'command',
	'commands.registerCommand': 'harmless',
	'languages.registerCodeActionsProvider': 'harmless',
	'languages.getDiagnostics': 'harmless',
	'languages.getLanguages': 'harmless',
	'extensions.getExtension': 'harmless',
	'env.appName': 'harmless',
	'env.language': 'harmless',
	'env.remoteName': 'harmless',
	'env.uiKind': 'harmless',
	'window.activeTextEditor': 'harmless',
	'window.onDidChangeActiveTextEditor': 'harmless',
	'window.onDidChangeTextEditorSelection': 'harmless',
	'window.onDidChangeWindowState': 'harmless',
	'window.state': 'harmless',
	'window.tabGroups': 'harmless',
	'window.visibleTextEditors': 'harmless',
	'workspace.asRelativePath': 'harmless',
	'workspace.findFiles': 'harmless',
	'workspace.getConfiguration': 'harmless',
	'workspace.getWorkspaceFolder': 'harmless',
	'workspace.isTrusted': 'harmless',
	'workspace.onDidChangeConfiguration': 'harmless',
	'workspace.onDidChangeTextDocument': 'harmless',
	'workspace.onDidCloseTextDocument': 'harmless',
	'workspace.onDidGrantWorkspaceTrust': 'harmless',
	'workspace.textDocuments': 'harmless',
	'workspace.workspaceFolders': 'harmless',
};

/** Modules that are imported, by their name or what it begins with. */
export const modules: Readonly<Record<string, Sink | 'harmless'>> = {
	'node:fs/promises': 'file',
	'node:sqlite': 'ledger',
	'node:http': 'page',
	nodemailer: 'mail',
	'@google/genai': 'network',
	'node:crypto': 'harmless',
	'node:net': 'harmless',
	'node:path': 'harmless',
	'node:util': 'harmless',
	croner: 'harmless',
	dompurify: 'harmless',
	'highlight.js': 'harmless',
	'lit-html': 'harmless',
	'markdown-it': 'harmless',
	papaparse: 'harmless',
	'prom-client': 'harmless',
	uplot: 'harmless',
	valibot: 'harmless',
	vscode: 'harmless',
};

/** Names in the code itself. */
export const names: Readonly<Record<string, Sink>> = {
	fetch: 'network',
	postMessage: 'webview',
	setState: 'webview',
	globalState: 'memento',
	workspaceState: 'memento',
};
