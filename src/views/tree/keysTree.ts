import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import type { KeyView, ModelView, Project, Snapshot } from '../../pool/pool';
import { hover } from '../../ui/hover';
import { besideText, oneLine } from '../../ui/safeText';
import type { Words } from '../../localization/words';
import { noFilter, type Filter } from '../shared/filter';
import type { RowLookup } from '../commands/keyCommands';
import type { KeyOperations } from '../commands/keyOperations';
import type { Stage } from './keysView';
import { FocusedRow } from './focusedRow';
import { LiveRows, type Redraw } from './liveRows';
import type { Row, Rows } from '../shared/rows';
import { orderAfterDrop } from '../shared/order';
import type { PoolView, ViewClock } from '../shared/poolView';
import { filterInWords, type RowPresentation } from '../shared/rowPresentation';
import { simulatorInWords } from '../statusBar/status';

export interface KeysTreeParts {
	readonly pool: PoolView;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly isSimulated: () => boolean;
	/** Keys were dragged; see `KeyOperations`. */
	readonly arrange: (...of: Parameters<KeyOperations['arrange']>) => void;
}

/**
 * What is in the keys view. Its elements are row ids: plain strings keep their identity through every revision, so that
 * single rows are redrawn, and expansion and selection last.
 */
export class KeysTree implements RowLookup, Disposable {
	private readonly store = new DisposableStore();
	private readonly live: LiveRows;
	private readonly focused = new FocusedRow();

	constructor(
		private readonly stage: Stage,
		private readonly parts: KeysTreeParts,
	) {
		const { pool, words, clock } = parts;
		const { view } = stage;
		this.live = this.store.add(new LiveRows(pool, words, clock, (...of) => this.redraw(...of)));
		this.store.add(view.onDidChangeVisibility(({ visible }) => this.live.setVisible(visible)));
		this.live.setVisible(view.visible);
		this.store.add(view.onDidChangeSelection(({ selection }) => this.focused.selectionChanged(selection)));
	}

	childrenOf(id?: string): string[] {
		return [...this.live.childrenOf(id)];
	}

	itemOf(id: string): vscode.TreeItem {
		const found = this.live.get(id);
		const item = new vscode.TreeItem(besideText(oneLine(found?.shown.label ?? '')));
		item.id = id;
		if (!found) return item;
		const { row, shown } = found;
		const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
		if (row.children.length === 0) item.collapsibleState = None;
		else item.collapsibleState = row.kind === 'key' ? Collapsed : Expanded;
		return dress(item, shown);
	}

	async withHover(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
		const { hoverOf } = await import('./hover');
		const row = this.live.rowToRead(id);
		if (row) item.tooltip = hover(hoverOf(row, this.parts.words, this.parts.clock.now()));
		return item;
	}

	/** @param target the row on which they were dropped; undefined: empty space. */
	drop(rows: readonly string[], target: string | undefined): void {
		const shown = this.live.all;
		this.parts.arrange(() => orderAfterDrop(this.parts.pool.snapshot(), shown, rows, target));
	}

	/** The key that a row stands for: commands get the row's id from the tree, and nothing from the palette. */
	keyOf(id: unknown): KeyView | undefined {
		return this.live.keyOf(id);
	}

	projectOf(id: unknown): Project | undefined {
		return this.live.projectOf(id);
	}

	modelOf(id: unknown): ModelView | undefined {
		const row = typeof id === 'string' ? this.live.get(id)?.row : undefined;
		return row?.kind === 'model' ? row.view : undefined;
	}

	focusedRow(): Row | undefined {
		const { id } = this.focused;
		return id === undefined ? undefined : this.live.get(id)?.row;
	}

	get shown(): Rows {
		return this.live.all;
	}

	get filter(): Filter {
		return this.live.filter;
	}

	set filter(filter: Filter) {
		this.live.filter = filter;
		void vscode.commands.executeCommand('setContext', 'keypool.filtered', filter.type !== noFilter.type);
	}

	dispose(): void {
		this.store.dispose();
	}

	private redraw(what: Redraw, snapshot: Snapshot, live: LiveRows): void {
		const { view } = this.stage;
		if (what === 'all' || what.length > 0) this.stage.redraw(what === 'all' ? undefined : [...what]);
		const { pool, words, isSimulated } = this.parts;
		const { t } = words;
		view.description = snapshot.keys.length === 0 ? '' : oneLine(snapshot.model);
		const filter = filterInWords(live.filter, words);
		// A team's gateway stands there whatever the filter is.
		const isFiltered = filter !== undefined && snapshot.keys.length > 0 && !pool.gateway?.();
		const messages = [
			isSimulated() ? simulatorInWords(words) : undefined,
			!isFiltered
				? undefined
				: snapshot.keys.length === 1
					? t('{0}: {1} of 1 key', filter, live.keyCount)
					: t('{0}: {1} of {2} keys', filter, live.keyCount, snapshot.keys.length),
		];
		view.message = oneLine(messages.filter((text) => text !== undefined).join(' '));
	}
}

function dress(
	item: vscode.TreeItem,
	{ description, icon, contextValue, spoken, command }: RowPresentation,
): vscode.TreeItem {
	item.description = oneLine(description);
	item.contextValue = contextValue;
	item.accessibilityInformation = { label: spoken };
	item.iconPath = new vscode.ThemeIcon(
		icon.name,
		icon.color === undefined ? undefined : new vscode.ThemeColor(icon.color),
	);
	if (command) item.command = { command: command.id, title: command.title };
	return item;
}
