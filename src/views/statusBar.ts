import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { Words } from '../words';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock, WhichKeys } from './poolView';
import { nextEndMs } from './rests';
import { linked, statusOf, type Status } from './status';

const backgrounds = {
	warning: 'statusBarItem.warningBackground',
	error: 'statusBarItem.errorBackground',
} as const;

/** One item: how many keys can answer now. It opens the keys tree. */
export function createStatusBar(pool: PoolView, words: Words, clock: ViewClock, which: () => WhichKeys): Disposable {
	const store = new DisposableStore();
	const priority = 100;
	const item = store.add(
		vscode.window.createStatusBarItem('keypool.status', vscode.StatusBarAlignment.Right, priority),
	);
	item.name = words.t('Gemini keys');
	item.command = 'keypool.keys.focus';

	let shown = '';
	const current = keepCurrent(pool, clock, () => {
		const now = clock.now();
		const snapshot = pool.snapshot();
		const status = statusOf(snapshot, words, now, which());
		const next = JSON.stringify(status);
		if (next !== shown) show(item, status);
		shown = next;
		return nextEndMs(snapshot, now);
	});
	store.add(current);
	item.show();
	return store;
}

function show(item: vscode.StatusBarItem, { text, hover, spoken, alarm }: Status): void {
	item.text = text;
	const tooltip = new vscode.MarkdownString(hover, true);
	tooltip.isTrusted = { enabledCommands: linked };
	item.tooltip = tooltip;
	item.accessibilityInformation = { label: spoken };
	item.backgroundColor = alarm && new vscode.ThemeColor(backgrounds[alarm]);
}
