import * as vscode from 'vscode';
import { invisibleIn, withoutInvisible } from '../../common/invisible';
import { askWarning, showWarning } from '../../ui/messages';

/** Kinds of characters that are named. */
const maxNamed = 3;

/**
 * What of an answer's code goes into the editor. Where it holds characters that nobody sees, the person decides: with them,
 * without them, or not at all (undefined).
 */
export async function codeToUse(code: string): Promise<string | undefined> {
	const found = named(code);
	if (found === undefined) return code;
	const leaveOut = vscode.l10n.t('Leave Them Out');
	const keep = vscode.l10n.t('Keep Them');
	const detail = vscode.l10n.t('Such characters can make code do something else than what it seems to do.');
	const chosen = await askWarning(
		vscode.l10n.t('This code holds characters that are not seen, or that change the order of others: {0}.', found),
		detail,
		leaveOut,
		keep,
	);
	if (chosen === leaveOut) return withoutInvisible(code);
	return chosen === keep ? code : undefined;
}

/** Copies a text of an answer, and says where it holds characters that nobody sees. */
export async function copyText(text: string, onError: (error: unknown) => void): Promise<void> {
	await vscode.env.clipboard.writeText(text);
	const found = named(text);
	if (found !== undefined) offerCleanCopy(text, found).catch(onError);
}

async function offerCleanCopy(text: string, found: string): Promise<void> {
	const clean = vscode.l10n.t('Copy Without Them');
	const chosen = await showWarning(
		vscode.l10n.t(
			'What was copied holds characters that are not seen, or that change the order of others: {0}.',
			found,
		),
		clean,
	);
	if (chosen === clean) await vscode.env.clipboard.writeText(withoutInvisible(text));
}

/** For instance `U+202E × 2, U+200B`; undefined where there are none. */
function named(text: string): string | undefined {
	const counts = new Map<string, number>();
	for (const { name } of invisibleIn(text)) counts.set(name, (counts.get(name) ?? 0) + 1);
	if (counts.size === 0) return undefined;
	const kinds = [...counts].slice(0, maxNamed).map(([name, count]) => (count === 1 ? name : `${name} × ${count}`));
	return [...kinds, ...(counts.size > maxNamed ? ['…'] : [])].join(', ');
}
