import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { lazily } from '../../common/lazily';
import { registerCommands } from '../../common/commands';
import type { DashboardParts } from './dashboard';
import { dashboardType } from './type';

type LazyParts = Omit<DashboardParts, 'prices'> & {
	readonly prices: () => Promise<DashboardParts['prices']>;
	/** Resolves when the keys were read, or the secret storage has refused them. */
	readonly loadKeys: () => Promise<unknown>;
};

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
			// Before that it would say that there is no key.
			deserializeWebviewPanel: async (panel) => {
				await parts.loadKeys();
				(await dashboard()).adopt(panel);
			},
		}),
	);
	return store;
}
