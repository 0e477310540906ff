import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { lazily } from '../../common/lazily';
import { registerCommands } from '../../common/commands';
import type { DashboardParts } from './dashboard';
import { dashboardType } from './type';

type LazyParts = Omit<DashboardParts, 'prices'> & { readonly prices: () => Promise<DashboardParts['prices']> };

/** The dashboard, whose code is read when it is opened or comes back with its window. */
export function registerDashboard(parts: LazyParts): Disposable {
	const store = new DisposableStore();
	const dashboard = lazily(async () => {
		const [{ Dashboard }, prices] = await Promise.all([import('./dashboard'), parts.prices()]);
		return store.add(new Dashboard({ ...parts, prices }));
	});
	store.add(registerCommands({ 'keypool.openDashboard': async () => (await dashboard()).open() }));
	store.add(
		vscode.window.registerWebviewPanelSerializer(dashboardType, {
			deserializeWebviewPanel: async (panel) => (await dashboard()).adopt(panel),
		}),
	);
	return store;
}
