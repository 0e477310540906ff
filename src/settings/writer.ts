import type * as vscode from 'vscode';

/** Writes a setting where it takes effect: in the workspace if it is set there, else for the user. */
export function settingWriter(
	workspace: Pick<typeof vscode.workspace, 'getConfiguration'>,
): (name: string, value: string | boolean | readonly string[] | object) => Promise<void> {
	return async (name, value) => {
		const configuration = workspace.getConfiguration('keypool');
		const forUser = configuration.inspect(name)?.workspaceValue === undefined;
		await configuration.update(name, value, forUser);
	};
}
