import * as vscode from 'vscode';
import { registerLazily } from '../common/commands';
import { DisposableStore, type Disposable } from '../common/dispose';
import { lazily } from '../common/lazily';
import type { LocalGateway, LocalGatewayParts } from './createLocalGateway';
import { gatewayCommandNames, gatewayView } from './names';

/** What a host with Node has for it; its code is read at the first use. */
export interface GatewayPlatform {
	load(): Promise<{
		readonly createLocalGateway: (parts: LocalGatewayParts) => LocalGateway;
		readonly machine: LocalGatewayParts['machine'];
	}>;
}

export type RegisteredGatewayParts = Omit<LocalGatewayParts, 'view' | 'redraw' | 'machine' | 'extension'>;

export interface RegisteredGateway extends Disposable {
	/** Serves from now on whenever the setting says so. */
	begin(): Promise<void>;
}

/** Registers commands and view; the gateway's code is read when it is on, or one of them is used. */
export function registerLocalGateway(
	platform: GatewayPlatform | undefined,
	extension: LocalGatewayParts['extension'],
	parts: () => RegisteredGatewayParts,
): RegisteredGateway {
	const owned = new DisposableStore();
	if (!platform) return { begin: () => Promise.resolve(), dispose: () => undefined };
	const changed = owned.add(new vscode.EventEmitter<string | undefined>());
	const view = owned.add(
		vscode.window.createTreeView<string>(gatewayView, {
			treeDataProvider: {
				onDidChangeTreeData: changed.event,
				getChildren: async (id) => (id === undefined ? (await room()).tree.children() : []),
				getTreeItem: async (id) => (await room()).tree.itemOf(id),
				resolveTreeItem: async (item, id) => (await room()).tree.withHover(item, id),
			},
		}),
	);
	const room = lazily(async (): Promise<LocalGateway> => {
		const { createLocalGateway, machine } = await platform.load();
		return owned.add(createLocalGateway({ ...parts(), extension, machine, view, redraw: (id) => changed.fire(id) }));
	});
	owned.add(registerLazily(gatewayCommandNames, async () => (await room()).commands));
	return {
		begin: async () => {
			const { settings, report } = parts();
			const isEnabled = settings.gatewayEnabled;
			const follow = (): void => {
				if (isEnabled.value) void room().catch(report);
			};
			owned.add(isEnabled.onDidChange(follow));
			if (isEnabled.value) await room();
		},
		dispose: () => owned.dispose(),
	};
}
