import * as vscode from 'vscode';

/**
 * Registers a command whose failure a person reads in words and the log in full. Failures of an answer are told by the
 * command itself: what arrives here is a fault of ours, of the editor or of the disk.
 */
export function registerCommand(
	id: string,
	run: (argument: unknown) => Promise<void>,
	report: (error: unknown) => void,
): vscode.Disposable {
	return vscode.commands.registerCommand(id, async (argument?: unknown) => {
		try {
			await run(argument);
		} catch (error) {
			report(error);
			void vscode.window.showErrorMessage(vscode.l10n.t('That did not work. The log of Keypool says why.'));
		}
	});
}
