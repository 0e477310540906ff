import * as vscode from 'vscode';

/** The only schemes that a link in an answer may have: no command, no file. */
const schemes = ['https', 'http', 'mailto'];

/** Opens a link as VS Code does, which asks where it does not trust the site. Another scheme is ignored. */
export async function openLink(href: string): Promise<void> {
	if (!schemes.includes(vscode.Uri.parse(href).scheme)) return;
	// The text, which VS Code takes too, whatever its types say: of a parsed address it opens the decoded form, where
	// `%26` in a query has become `&` and the page another one (microsoft/vscode#85930).
	await vscode.env.openExternal(href as unknown as vscode.Uri);
}
