import Module from 'node:module';
import { translate } from '../views/snapshots';

interface Loader {
	_load: (request: string, ...rest: unknown[]) => unknown;
}

const nothing = { dispose: () => undefined };

/** The module `vscode`, as far as a question on its way through the chat needs it. */
const vscode = {
	env: { language: 'en' },
	l10n: { t: translate },
	Uri: { joinPath: (base: { path: string }, ...parts: string[]) => uri([base.path, ...parts].join('/')) },
	commands: { executeCommand: () => Promise.resolve() },
	ProgressLocation: { Notification: 15 },
	window: {
		onDidChangeWindowState: () => nothing,
		showInputBox: () => Promise.resolve(undefined),
		withProgress: (_: unknown, work: (progress: unknown, token: unknown) => Promise<unknown>) =>
			work({ report: () => undefined }, { onCancellationRequested: () => nothing }),
	},
	workspace: { workspaceFile: undefined, workspaceFolders: undefined },
};

export function uri(path: string) {
	return { scheme: 'file', path, fsPath: path, toString: () => `file:${path}` };
}

// Before anything of src is read: import this file first.
const loader = Module as unknown as Loader;
const { _load: load } = loader;
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load.call(Module, request, ...rest));
