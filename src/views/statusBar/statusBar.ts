import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { hover } from '../../ui/hover';
import { linkedCommands } from '../../ui/markdown';
import { createStatusItem, type StatusItem } from '../../ui/statusBar';
import type { Words } from '../../localization/words';
import { keepCurrent } from '../shared/keepCurrent';
import type { PoolView, ViewClock, WhichKeys } from '../shared/poolView';
import { nextWordsMs } from '../shared/cooldowns';
import { statusOf, type Status } from './status';

const backgrounds = {
	warning: 'statusBarItem.warningBackground',
	error: 'statusBarItem.errorBackground',
} as const;

export interface StatusBarParts {
	readonly pool: PoolView;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly which: () => WhichKeys;
	/** The setting that says when the order of the keys is rotated. */
	readonly rotation: () => string;
}

/** One item: how many keys can answer now, and on its hover more. It opens the keys tree. */
export function createStatusBar({ pool, words, clock, which, rotation }: StatusBarParts): Disposable {
	const store = new DisposableStore();
	const priority = 100;
	const shownItem = createStatusItem('keypool.status', priority);
	const { item } = shownItem;
	store.add(item);
	item.name = words.t('Gemini keys');
	item.command = 'keypool.keys.focus';

	let shown = '';
	const current = keepCurrent(pool, clock, () => {
		const now = clock.now();
		const snapshot = pool.snapshot();
		const status = statusOf(snapshot, words, now, which(), rotation(), pool.gateway?.(), pool.team?.());
		const next = JSON.stringify(status);
		if (next !== shown) show(shownItem, status);
		shown = next;
		return nextWordsMs(snapshot, now);
	});
	store.add(current);
	item.show();
	return store;
}

function show({ item, setText }: StatusItem, status: Status): void {
	setText(status.icon, status.text);
	item.backgroundColor = status.alarm && new vscode.ThemeColor(backgrounds[status.alarm]);
	item.tooltip = hover(status.hover, linkedCommands);
	item.accessibilityInformation = { label: status.spoken };
}
