import assert from 'node:assert/strict';
import type * as used from '../../../../src/views/dashboard/dashboard';
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
});
