import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import type { Snapshot, Wall } from '../../pool/pool';
import { hover } from '../../ui/hover';
import type { LinkedCommand } from '../../ui/markdown';
import { createStatusItem, type StatusItem } from '../../ui/statusBar';
import type { Translate } from '../../localization/words';
import { glance, type Glance } from './glance';
import { keepCurrent } from '../shared/keepCurrent';
import type { PoolView, ViewClock, WhichKeys } from '../shared/poolView';
import { nextEndMs } from '../shared/rests';
import type { Status } from './status';

const backgrounds = {
	warning: 'statusBarItem.warningBackground',
	error: 'statusBarItem.errorBackground',
} as const;

export interface StatusBarParts {
	readonly pool: PoolView;
	readonly t: Translate;
	readonly clock: ViewClock;
	readonly which: () => WhichKeys;
	/** Reads what makes the hover, and what is read aloud. */
	readonly load: () => Promise<Details>;
	/** It could not be read: the item does without. */
	readonly failed: (error: unknown) => void;
}

export interface Details {
	readonly of: (snapshot: Snapshot, now: Wall, which: WhichKeys) => Status;
	/** The commands that a hover may lead to. */
	readonly linked: readonly LinkedCommand[];
}

/** One item: how many keys can answer now, and on its hover more. It opens the keys tree. */
export function createStatusBar({ pool, t, clock, which, load, failed }: StatusBarParts): Disposable {
	const store = new DisposableStore();
	const priority = 100;
	const shownItem = createStatusItem('keypool.status', priority);
	const { item } = shownItem;
	store.add(item);
	item.name = t('Gemini keys');
	item.command = 'keypool.keys.focus';

	let details: Details | undefined;
	let shown = '';
	const current = keepCurrent(pool, clock, () => {
		const now = clock.now();
		const snapshot = pool.snapshot();
		const status = details?.of(snapshot, now, which()) ?? glance(snapshot, t, which());
		const next = JSON.stringify(status);
		if (next !== shown) show(shownItem, status, details?.linked ?? []);
		shown = next;
		return nextEndMs(snapshot, now);
	});
	store.add(current);
	item.show();
	// Nobody can ask for a hover: it has to be there when somebody points.
	load().then((read) => {
		details = read;
		current.refresh();
	}, failed);
	return store;
}

function show({ item, say }: StatusItem, status: Glance | Status, linked: readonly LinkedCommand[]): void {
	say(status.icon, status.text);
	item.backgroundColor = status.alarm && new vscode.ThemeColor(backgrounds[status.alarm]);
	if (!('hover' in status)) return;
	item.tooltip = hover(status.hover, linked);
	item.accessibilityInformation = { label: status.spoken };
}
