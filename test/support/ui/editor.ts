import Module, { createRequire } from 'node:module';

interface Loader {
	_load: (request: string, ...rest: unknown[]) => unknown;
}

/** Where the editor keeps what it was given. */
export class EditorStandIn {
	/** What reached the editor, oldest first. */
	readonly given: unknown[] = [];

	private readonly keep = (...args: unknown[]): Promise<undefined> => {
		this.given.push(...args);
		return Promise.resolve(undefined);
	};

	private readonly made = (): object => {
		const made = {};
		this.given.push(made);
		return made;
	};

	/** The module `vscode`, as far as src/ui knows it. */
	readonly api = {
		ThemeIcon: class {
			constructor(readonly id: string) {}
		},
		MarkdownString: class {
			isTrusted: unknown;
			constructor(
				readonly value: string,
				readonly supportThemeIcons: boolean,
			) {}
		},
		InputBoxValidationSeverity: { Info: 1, Error: 3 },
		ProgressLocation: { Notification: 15 },
		StatusBarAlignment: { Right: 2 },
		window: {
			showInformationMessage: this.keep,
			showWarningMessage: this.keep,
			showErrorMessage: this.keep,
			showQuickPick: async (items: unknown, options: unknown) => this.keep(await items, options),
			showInputBox: this.keep,
			setStatusBarMessage: this.keep,
			createQuickPick: this.made,
			createInputBox: this.made,
			createStatusBarItem: this.made,
			withProgress: (options: unknown, work: (progress: unknown, token: unknown) => Promise<unknown>) => {
				this.given.push(options);
				return work({ report: this.keep }, { onCancellationRequested: () => ({ dispose: () => undefined }) });
			},
		},
	};

	/** Reads a file of src/ui, by its name, with this in the editor's place. */
	read(name: string): unknown {
		const loader = Module as unknown as Loader;
		const { _load: load } = loader;
		const require = createRequire(__filename);
		const file = require.resolve(`../../../src/ui/${name}`);
		loader._load = (request, ...rest) => (request === 'vscode' ? this.api : load.call(Module, request, ...rest));
		try {
			return require(file) as unknown;
		} finally {
			loader._load = load;
			Reflect.deleteProperty(require.cache, file);
		}
	}
}

/** Every text in what reached the editor. What a row stands for (`item`) and what a box holds (`value`) are not shown as such. */
export function textsIn(given: unknown): readonly string[] {
	if (typeof given === 'string') return [given];
	if (typeof given !== 'object' || given === null) return [];
	return Object.entries(given).flatMap(([name, value]) => (name === 'item' || name === 'value' ? [] : textsIn(value)));
}
