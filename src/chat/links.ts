import * as vscode from 'vscode';

/** The only schemes that a link in an answer may have: no command, no file. */
const schemes = ['https', 'http', 'mailto'];

/** Opens a link as VS Code does, which asks where it does not trust the site. Another scheme is ignored. */
export async function openLink(href: string): Promise<void> {
	const uri = vscode.Uri.parse(href);
	if (schemes.includes(uri.scheme)) {
		await vscode.env.openExternal(uri);
	}
}
