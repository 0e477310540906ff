import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/dashboard/dashboard';
import type * as registering from '../../../../src/views/dashboard/registerDashboard';
import { EditorStandIn } from '../../../support/ui/editor';

type Parts = ConstructorParameters<typeof used.Dashboard>[0];
type Panel = Parameters<used.Dashboard['adopt']>[0];

const nothing = (): { dispose: () => void } => ({ dispose: () => undefined });

/** A tab as the editor hands it over; of one that was closed before, nothing can be had. */
function tab(isClosed = false) {
	let reveals = 0;
	const webview = {
		...{ options: {}, html: '', cspSource: '', onDidReceiveMessage: nothing },
		asWebviewUri: String,
	};
	const alive = <T>(value: T): T => {
		if (isClosed) throw new Error('Webview is disposed');
		return value;
	};
	const panel = {
		title: 'Keypool Dashboard',
		...{ onDidChangeViewState: nothing, onDidDispose: nothing, dispose: () => undefined },
		get webview() {
			return alive(webview);
		},
		reveal: () => alive(reveals++),
	};
	return { panel: panel as unknown as Panel, shown: webview, reveals: () => reveals };
}

describe('the dashboard', () => {
	it('opens after a tab that came back with the window was closed before it was filled', () => {
		const editor = new EditorStandIn();
		const next = tab();
		Object.assign(editor.api.window, { createWebviewPanel: () => next.panel });
		Object.assign(editor.api, { ViewColumn: { Active: -1 }, env: { language: 'en' }, Uri: { joinPath: String } });
		const { Dashboard } = editor.read('../views/dashboard/dashboard') as typeof used;
		const dashboard = new Dashboard({ extensionUri: 'file:///x', newNonce: () => 'n' } as unknown as Parts);
		assert.throws(() => dashboard.adopt(tab(true).panel), /disposed/);
		dashboard.open();
		assert.notEqual(next.shown.html, '');
		dashboard.open();
		assert.equal(next.reveals(), 1);
	});

	it('that comes back with its window is filled once the keys were read: before it would say that there is none', async () => {
		const editor = new EditorStandIn();
		let restore: (panel: Panel) => Promise<void> = () => assert.fail('no serializer');
		Object.assign(editor.api, { commands: { registerCommand: nothing } });
		Object.assign(editor.api.window, {
			registerWebviewPanelSerializer: (_: string, by: { deserializeWebviewPanel: typeof restore }) => {
				restore = by.deserializeWebviewPanel;
				return nothing();
			},
		});
		const { registerDashboard } = editor.read('../views/dashboard/registerDashboard') as typeof registering;
		const seen: string[] = [];
		let read = (): void => undefined;
		registerDashboard({
			loadKeys: () => new Promise<void>((resolve) => (read = resolve)),
			prices: () => (seen.push('filled'), Promise.reject(new Error('no more of it here'))),
		} as unknown as Parameters<typeof registering.registerDashboard>[0]);
		const restored = restore(tab().panel);
		await new Promise(setImmediate);
		assert.deepEqual(seen, []);
		read();
		await assert.rejects(restored);
		assert.deepEqual(seen, ['filled']);
	});
});
