import * as vscode from 'vscode';
import { tellInDialog } from '../../ui/messages';
import type { Translate } from '../../localization/words';
import type { Explanation } from './explain';

/** Shows an explanation with the buttons that help. `row` is what a command on the key takes. */
export async function showWhy(
	{ title, paragraphs, link, act }: Explanation,
	row: unknown,
	t: Translate,
): Promise<void> {
	const open = link && t('Open {0}', link.title);
	const buttons = [act?.title, open].filter((button) => button !== undefined);
	const detail = paragraphs.join('\n\n');
	const chosen = await tellInDialog(title, detail, t('Close'), ...buttons);
	if (chosen === undefined) return;
	if (link && chosen === open) await vscode.env.openExternal(vscode.Uri.parse(link.url));
	else if (act) await vscode.commands.executeCommand(act.command, ...(act.onKey ? [row] : []));
}
