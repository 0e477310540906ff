import { MarkdownString } from 'vscode';
import type { LinkedCommand, Markdown } from './markdown';

/** A hover. In it only links to `commands` work, however others got there. */
export function hover(markdown: Markdown, commands: readonly LinkedCommand[] = []): MarkdownString {
	const shown = new MarkdownString(markdown, true);
	if (commands.length > 0) shown.isTrusted = { enabledCommands: commands };
	return shown;
}
