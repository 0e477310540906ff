import * as vscode from 'vscode';
import { pageHtml } from './html';

export interface PageOptions {
	readonly extensionUri: vscode.Uri;
	readonly title: string;
	/** Of its script and its styles in `dist`. */
	readonly name: 'chat' | 'dashboard';
	/** Fresh for each document, and unguessable. */
	readonly nonce: string;
}

/** Gives a webview one of our documents: it may read our own files, and nothing else. */
export function openPage(webview: vscode.Webview, { extensionUri, title, name, nonce }: PageOptions): void {
	const dist = vscode.Uri.joinPath(extensionUri, 'dist');
	const asset = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
	webview.options = {
		enableScripts: true,
		enableForms: false,
		localResourceRoots: [dist],
	};
	webview.html = pageHtml({
		title,
		locale: vscode.env.language,
		cspSource: webview.cspSource,
		nonce,
		script: asset(`${name}.js`),
		styles: [asset('codicon.css'), asset(`${name}.css`)],
	});
}
