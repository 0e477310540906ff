/**
 * The computer on which a window's tools run, by VS Code's name for the connection, where that is not the one of this
 * extension: a window over SSH, in WSL or in a container may have it on the person's own computer, and its terminals there.
 *
 * @param isOnOwnComputer whether the extension runs beside the window itself
 */
export function toolsElsewhere(isOnOwnComputer: boolean, remoteName: string | undefined): string | undefined {
	return isOnOwnComputer ? remoteName : undefined;
}

/**
 * The shell of a terminal in place of the person's own, where that one is in WSL: it would get no variable, and its tools could not
 * reach this computer's address.
 */
export function shellBeside(isWindows: boolean, shell: string): string | undefined {
	return isWindows && /(?:^|[\\/])(?:wsl|system32[\\/]bash)\.exe$/i.test(shell) ? 'powershell.exe' : undefined;
}

/** `pwsh`: PowerShell off Windows. */
export type ShellKind = 'posix' | 'fish' | 'pwsh' | 'powershell' | 'cmd';

/** The shell that a person pastes commands into; on Windows PowerShell, unless their own shell is known here. */
export function shellKind(isWindows: boolean, shell: string): ShellKind {
	if (!isWindows) return (['fish', 'pwsh'] as const).find((name) => shell.split('/').at(-1) === name) ?? 'posix';
	if (/(?:^|[\\/])cmd\.exe$/i.test(shell)) return 'cmd';
	const isUnix = /(?:^|[\\/])(?:bash|zsh|sh)\.exe$/i.test(shell) && shellBeside(isWindows, shell) === undefined;
	return isUnix ? 'posix' : 'powershell';
}
