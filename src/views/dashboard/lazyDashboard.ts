import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { lazily } from '../../common/lazily';
import { registerLazily } from '../../common/lazyCommands';
import type { DashboardParts } from './dashboard';
import type { Words } from '../../localization/words';
import { dashboardType } from './type';

export interface LazyDashboardParts extends Omit<DashboardParts, 'words'> {
	readonly words: () => Promise<Words>;
}

/** The dashboard, whose code is read when it is opened or comes back with its window. */
export function registerDashboard({ words, ...parts }: LazyDashboardParts): Disposable {
	const store = new DisposableStore();
	const dashboard = lazily(async () => {
		const { Dashboard } = await import('./dashboard');
		return store.add(new Dashboard({ ...parts, words: await words() }));
	});
	store.add(
		registerLazily(['keypool.openDashboard'], async () => {
			const room = await dashboard();
			return { 'keypool.openDashboard': () => room.open() };
		}),
	);
	store.add(
		vscode.window.registerWebviewPanelSerializer(dashboardType, {
			deserializeWebviewPanel: async (panel) => (await dashboard()).adopt(panel),
		}),
	);
	return store;
}
