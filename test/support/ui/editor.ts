import Module, { createRequire } from 'node:module';
import { translate } from '../views/snapshots';

interface Loader {
	_load: (request: string, ...rest: unknown[]) => unknown;
}

/** Where the editor keeps what it was given. */
export class EditorStandIn {
	/** What reached the editor, oldest first. */
	readonly given: unknown[] = [];

	/** The button that is pressed wherever there is one of that name. */
	presses: string | undefined;

	private readonly keep = (...args: unknown[]): Promise<unknown> => {
		this.given.push(...args);
		const isPressed = (item: unknown): boolean =>
			typeof item === 'object' && item !== null && 'title' in item && item.title === this.presses;
		return Promise.resolve(this.presses === undefined ? undefined : args.find(isPressed));
	};

	private readonly made = (): object => {
		const made = {};
		this.given.push(made);
		return made;
	};

	/** The module `vscode`, as far as src/ui knows it. */
	readonly api = {
		l10n: { t: translate },
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

	/** What was read with this in the editor's place, by file: two of its files know the same errors. */
	private readonly files = new Map<string, NodeJS.Module>();

	/** Reads a file of src/ui by its name, or another by its way from there, with this in the editor's place. */
	read(name: string): unknown {
		const loader = Module as unknown as Loader;
		const { _load: load } = loader;
		const require = createRequire(__filename);
		const before = new Set(Object.keys(require.cache));
		for (const [read, known] of this.files) if (!before.has(read)) require.cache[read] = known;
		const file = require.resolve(`../../../src/ui/${name}`);
		loader._load = (request, ...rest) => (request === 'vscode' ? this.api : load.call(Module, request, ...rest));
		try {
			return require(file) as unknown;
		} finally {
			loader._load = load;
			// What it read in turn knows this editor as well.
			for (const [read, known] of Object.entries(require.cache)) {
				if (before.has(read) || !known) continue;
				this.files.set(read, known);
				Reflect.deleteProperty(require.cache, read);
			}
		}
	}
}

/** Every text in what reached the editor. What a row stands for (`item`) and what a box holds (`value`) are not shown as such. */
export function textsIn(given: unknown): readonly string[] {
	if (typeof given === 'string') return [given];
	if (typeof given !== 'object' || given === null) return [];
	return Object.entries(given).flatMap(([name, value]) => (name === 'item' || name === 'value' ? [] : textsIn(value)));
}
