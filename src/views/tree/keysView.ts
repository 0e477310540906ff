import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { once } from '../../common/lazily';
import type { Translate } from '../../localization/words';
import { needAttention } from '../shared/attention';
import { keepCurrent } from '../shared/keepCurrent';
import type { KeysTree } from './keysTree';
import type { PoolView, ViewClock } from '../shared/poolView';

/** What the editor hands over when rows of this tree are dragged. */
const rowsMime = 'application/vnd.code.tree.keypool.keys';

/** The place of the tree in the window, for what fills it. */
export interface Stage {
	readonly view: vscode.TreeView<string>;
	/** Draws rows anew by id; without, all. */
	readonly redraw: (rows: string[] | undefined) => void;
}

export interface KeysViewParts {
	readonly pool: PoolView;
	readonly t: Translate;
	readonly clock: ViewClock;
	/** Makes the tree: when it is seen first, or a command asks for a row. */
	readonly make: (stage: Stage) => KeysTree;
}

/** The keys view before anybody has seen it: its badge, and a tree that is made when its rows are asked for. */
export class KeysView implements vscode.TreeDataProvider<string>, vscode.TreeDragAndDropController<string>, Disposable {
	readonly dragMimeTypes = [];
	readonly dropMimeTypes = [rowsMime];
	private readonly store = new DisposableStore();
	private readonly changed = this.store.add(new vscode.EventEmitter<string[] | undefined>());
	readonly onDidChangeTreeData = this.changed.event;
	readonly tree: () => KeysTree;

	constructor({ pool, t, clock, make }: KeysViewParts) {
		const view = this.store.add(
			vscode.window.createTreeView('keypool.keys', {
				treeDataProvider: this,
				dragAndDropController: this,
				canSelectMany: false,
				showCollapseAll: true,
			}),
		);
		const stage: Stage = { view, redraw: (rows) => this.changed.fire(rows) };
		this.tree = once(() => this.store.add(make(stage)));
		this.store.add(
			keepCurrent(pool, clock, () => {
				const count = needAttention(pool.snapshot()).length;
				const { host } = pool.gateway?.() ?? {};
				const tooltip =
					host === undefined
						? count === 1
							? t('1 key needs attention')
							: t('{0} keys need attention', count)
						: t('Team gateway {0}: {1}', host, t('does not know your token'));
				if (count !== (view.badge?.value ?? 0)) view.badge = count === 0 ? undefined : { value: count, tooltip };
				return undefined;
			}),
		);
	}

	getChildren(id?: string): string[] {
		return this.tree().childrenOf(id);
	}

	getTreeItem(id: string): vscode.TreeItem {
		return this.tree().itemOf(id);
	}

	/** The hover is made when somebody looks, not each second; so its code is read with the first. */
	resolveTreeItem(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
		return this.tree().withHover(item, id);
	}

	handleDrag(rows: readonly string[], data: vscode.DataTransfer): void {
		data.set(rowsMime, new vscode.DataTransferItem(rows));
	}

	handleDrop(target: string | undefined, data: vscode.DataTransfer): void {
		const dropped: unknown = data.get(rowsMime)?.value;
		const rows = (Array.isArray(dropped) ? dropped : []).filter((row) => typeof row === 'string');
		this.tree().drop(rows, target);
	}

	dispose(): void {
		this.store.dispose();
	}
}
