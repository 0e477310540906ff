import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { KeyView, Snapshot } from '../pool/pool';
import type { Words } from '../words';
import { LiveRows, type Redraw } from './liveRows';
import type { PoolView, ViewClock } from './poolView';
import { needAttention } from './rows';
import type { ShownRow } from './shownRow';

/**
 * The keys tree. Its elements are row ids: plain strings keep their identity through every revision, so that single rows
 * are redrawn, and expansion and selection last.
 */
export class KeysTree implements vscode.TreeDataProvider<string>, Disposable {
	private readonly store = new DisposableStore();
	private readonly changed = this.store.add(new vscode.EventEmitter<string[] | undefined>());
	readonly onDidChangeTreeData = this.changed.event;
	private readonly view: vscode.TreeView<string>;
	private readonly live: LiveRows;

	constructor(
		pool: PoolView,
		private readonly words: Words,
		clock: ViewClock,
	) {
		this.view = this.store.add(vscode.window.createTreeView('keypool.keys', { treeDataProvider: this }));
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
		else item.collapsibleState = row.kind === 'project' ? Expanded : Collapsed;
		return dress(item, shown);
	}

	/** The hover is made when somebody looks, not each second. */
	resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
		const text = this.live.hover(id);
		if (text !== undefined) item.tooltip = new vscode.MarkdownString(text, true);
		return item;
	}

	/** The key that a row stands for: commands get the row's id from the tree, and nothing from the palette. */
	keyOf(id: unknown): KeyView | undefined {
		return this.live.keyOf(id);
	}

	dispose(): void {
		this.store.dispose();
	}

	private redraw(what: Redraw, snapshot: Snapshot): void {
		this.changed.fire(what === 'all' ? undefined : [...what]);
		const count = needAttention(snapshot).length;
		const tooltip =
			count === 1 ? this.words.t('1 key needs attention') : this.words.t('{0} keys need attention', count);
		this.view.badge = count === 0 ? undefined : { value: count, tooltip };
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
