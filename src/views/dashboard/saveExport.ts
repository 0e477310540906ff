import * as vscode from 'vscode';
import { showError, showInformation, showWarning } from '../../ui/messages';
import { pickOne } from '../../ui/quickPick';
import { nameOf } from '../../workspaceFiles/nameOf';
import type { WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import { asRefusal, describeRefusal } from '../../workspaceFiles/words';
import { exported, exportKinds, type ExportFacts, type ExportKind } from './exports';

/** Asks what is wanted and where it goes, and writes it there, as it is by then. */
export async function exportUsage(
	facts: () => ExportFacts,
	files: Pick<WorkspaceFiles, 'replace'>,
	report: (error: unknown) => void,
): Promise<void> {
	const { t } = vscode.l10n;
	const labels: Readonly<Record<ExportKind, string>> = {
		usage: t('Usage by minute, key and outcome'),
		requests: t('Recent requests'),
		costs: t('Costs by day, key, client and model'),
		rests: t('Rests'),
		all: t('Everything'),
	};
	const items = (['usage', 'requests', 'costs', 'rests', 'all'] as const).map((kind) => ({
		label: labels[kind],
		description: exportKinds[kind].toUpperCase(),
		what: kind,
	}));
	const chosen = await pickOne(items, {
		title: t('Export'),
		placeHolder: t('Contains the names of keys, not the keys'),
	});
	if (!chosen) return;
	const target = await vscode.window.showSaveDialog(saveOptions(chosen.what));
	if (!target) return;
	const name = nameOf(target);
	const text = exported(chosen.what, facts());
	try {
		await files.replace(target, text);
	} catch (error) {
		const refusal = asRefusal(error, name);
		if (refusal.cause !== undefined) report(refusal.cause);
		void showWarning(describeRefusal(refusal));
		return;
	}
	const open = t('Open');
	// The page need not wait for an answer to that.
	const offer = async (): Promise<void> => {
		// Of more than 50 MB the editor hands extensions no document.
		if ((await showInformation(t('Exported: {0}', name), open)) === open)
			await vscode.commands.executeCommand('vscode.open', target);
	};
	offer().catch((error: unknown) => {
		report(error);
		void showError(t('That failed. See Keypool’s log for the reason.'));
	});
}

function saveOptions(kind: ExportKind): vscode.SaveDialogOptions {
	const type = exportKinds[kind];
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	return {
		title: vscode.l10n.t('Export'),
		filters: { [type.toUpperCase()]: [type] },
		...(folder && { defaultUri: vscode.Uri.joinPath(folder, `keypool-${kind}.${type}`) }),
	};
}
