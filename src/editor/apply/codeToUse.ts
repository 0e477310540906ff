import * as vscode from 'vscode';
import { invisibleNames, withoutInvisible } from '../../common/invisible';
import { askWarning } from '../../ui/messages';

/**
 * What of an answer's code, or of a commit message, goes into the editor. Where it holds characters that nobody sees, the
 * person decides: with them, without them, or not at all (undefined).
 */
export async function codeToUse(code: string, kind: 'code' | 'message' = 'code'): Promise<string | undefined> {
	const found = invisibleNames(code);
	if (found === undefined) return code;
	const leaveOut = vscode.l10n.t('Leave Them Out');
	const keep = vscode.l10n.t('Keep Them');
	const chosen = await askWarning(
		kind === 'code'
			? vscode.l10n.t(
					'This code contains invisible characters, or characters that change the order of others: {0}.',
					found,
				)
			: vscode.l10n.t(
					'The message contains invisible characters, or characters that change the order of others: {0}.',
					found,
				),
		kind === 'code'
			? vscode.l10n.t('Such characters can make code do something other than what it seems to do.')
			: undefined,
		leaveOut,
		keep,
	);
	if (chosen === leaveOut) return withoutInvisible(code);
	return chosen === keep ? code : undefined;
}
