/**
 * The computer on which a window's tools run, by VS Code's name for the connection, where that is not the one of this
 * extension: a window over SSH, in WSL or in a container may have it on the person's own computer, and its terminals there.
 *
 * @param isOnOwnComputer whether the extension runs beside the window itself
 */
export function toolsElsewhere(isOnOwnComputer: boolean, remoteName: string | undefined): string | undefined {
	return isOnOwnComputer ? remoteName : undefined;
}
