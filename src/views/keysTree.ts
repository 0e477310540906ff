import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { KeyId, KeyView, ModelView, Project, Snapshot } from '../pool/pool';
import type { Words } from '../words';
import { noFilter, type Filter } from './filter';
import type { RowLookup } from './keyActions';
import { LiveRows, type Redraw } from './liveRows';
import { moveFor, type Move } from './order';
import type { PoolView, ViewClock } from './poolView';
import { needAttention } from './rows';
import { filterInWords, type ShownRow } from './shownRow';
import { simulatorInWords } from './status';

/** What the editor hands over when rows of this tree are dragged. */
const rowsMime = 'application/vnd.code.tree.keypool.keys';

export interface KeysTreeParts {
	readonly pool: PoolView;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly isSimulated: () => boolean;
	/** Keys were dragged. */
	readonly move: (move: Move) => void;
}

/**
 * The keys tree. Its elements are row ids: plain strings keep their identity through every revision, so that single rows
 * are redrawn, and expansion and selection last.
 */
export class KeysTree
	implements vscode.TreeDataProvider<string>, vscode.TreeDragAndDropController<string>, RowLookup, Disposable
{
	readonly dragMimeTypes = [];
	readonly dropMimeTypes = [rowsMime];
	private readonly store = new DisposableStore();
	private readonly changed = this.store.add(new vscode.EventEmitter<string[] | undefined>());
	readonly onDidChangeTreeData = this.changed.event;
	private readonly view: vscode.TreeView<string>;
	private readonly live: LiveRows;

	constructor(private readonly parts: KeysTreeParts) {
		const { pool, words, clock } = parts;
		this.view = this.store.add(
			vscode.window.createTreeView('keypool.keys', {
				treeDataProvider: this,
				dragAndDropController: this,
				canSelectMany: false,
				showCollapseAll: true,
			}),
		);
		this.live = this.store.add(new LiveRows(pool, words, clock, (what, snapshot) => this.redraw(what, snapshot)));
		this.store.add(this.view.onDidChangeVisibility(({ visible }) => this.live.setVisible(visible)));
		this.live.setVisible(this.view.visible);
	}

	getChildren(id?: string): string[] {
		return [...this.live.childrenOf(id)];
	}

	getTreeItem(id: string): vscode.TreeItem {
		const found = this.live.get(id);
		const item = new vscode.TreeItem(found?.shown.label ?? '');
		item.id = id;
		if (!found) return item;
		const { row, shown } = found;
		const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
		if (row.children.length === 0) item.collapsibleState = None;
		else item.collapsibleState = row.kind === 'key' ? Collapsed : Expanded;
		return dress(item, shown);
	}

	/** The hover is made when somebody looks, not each second. */
	resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
		const text = this.live.hover(id);
		if (text !== undefined) item.tooltip = new vscode.MarkdownString(text, true);
		return item;
	}

	handleDrag(rows: readonly string[], data: vscode.DataTransfer): void {
		data.set(rowsMime, new vscode.DataTransferItem(rows));
	}

	handleDrop(target: string | undefined, data: vscode.DataTransfer): void {
		const dropped: unknown = data.get(rowsMime)?.value;
		const rows = (Array.isArray(dropped) ? dropped : []).filter((row) => typeof row === 'string');
		const order = this.parts.pool.snapshot().keys.map((view): KeyId => view.key.id);
		const move = moveFor(this.live.all, order, rows, target);
		if (move) this.parts.move(move);
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

	get filter(): Filter {
		return this.live.filter;
	}

	set filter(filter: Filter) {
		this.live.filter = filter;
		void vscode.commands.executeCommand('setContext', 'keypool.filtered', filter.by !== noFilter.by);
	}

	dispose(): void {
		this.store.dispose();
	}

	private redraw(what: Redraw, snapshot: Snapshot): void {
		if (what === 'all' || what.length > 0) this.changed.fire(what === 'all' ? undefined : [...what]);
		const { words, isSimulated } = this.parts;
		const { t } = words;
		const count = needAttention(snapshot).length;
		const tooltip = count === 1 ? t('1 key needs attention') : t('{0} keys need attention', count);
		this.view.badge = count === 0 ? undefined : { value: count, tooltip };
		this.view.description = snapshot.keys.length === 0 ? '' : snapshot.model;
		const filter = filterInWords(this.live.filter, words);
		const isFiltered = filter !== undefined && snapshot.keys.length > 0;
		const messages = [
			isSimulated() ? simulatorInWords(words) : undefined,
			isFiltered ? t('{0}: {1} of {2} keys', filter, this.live.keyCount, snapshot.keys.length) : undefined,
		];
		this.view.message = messages.filter((text) => text !== undefined).join(' ');
	}
}

function dress(item: vscode.TreeItem, { description, icon, contextValue, spoken, command }: ShownRow): vscode.TreeItem {
	item.description = description;
	item.contextValue = contextValue;
	item.accessibilityInformation = { label: spoken };
	item.iconPath = new vscode.ThemeIcon(
		icon.name,
		icon.color === undefined ? undefined : new vscode.ThemeColor(icon.color),
	);
	if (command) item.command = { command: command.id, title: command.title };
	return item;
}
