import type * as vscode from 'vscode';

/** VS Code did not write a setting: its message says why, for instance that the file has errors or unsaved changes. */
export class SettingNotWritten extends Error {
	constructor(
		/** With `keypool.`. */
		private readonly setting: string,
		cause: unknown,
	) {
		super(cause instanceof Error ? cause.message : String(cause), { cause });
	}

	inWords(t: (message: string, ...values: string[]) => string): string {
		return t('The setting {0} was not changed: {1}', this.setting, this.message);
	}
}

/**
 * Writes a setting where it takes effect: in the workspace if it is set there, else for the user.
 * @throws SettingNotWritten
 */
export function settingWriter(
	workspace: Pick<typeof vscode.workspace, 'getConfiguration'>,
): (name: string, value: string | boolean | readonly string[] | object) => Promise<void> {
	return async (name, value) => {
		const configuration = workspace.getConfiguration('keypool');
		const forUser = configuration.inspect(name)?.workspaceValue === undefined;
		try {
			await configuration.update(name, value, forUser);
		} catch (error) {
			throw new SettingNotWritten(`keypool.${name}`, error);
		}
	};
}
