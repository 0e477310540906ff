import type { Memento } from 'vscode';

/** When everything was removed, in ms since 1970: in the state of all folders, and in that of each that knows of it. */
export const erasedAt = 'keypool.erasedAt';

/** Erases what a folder still holds of a time before everything was removed elsewhere. Call it before anything is read. */
export function forgetErased({
	workspaceState,
	globalState,
	report,
}: {
	readonly workspaceState: Memento;
	readonly globalState: Memento;
	readonly report: (error: unknown) => void;
}): void {
	const last = globalState.get<number>(erasedAt) ?? 0;
	if (last <= (workspaceState.get<number>(erasedAt) ?? 0)) return;
	cleared(workspaceState)
		.then(() => workspaceState.update(erasedAt, last))
		.catch(report);
}

/** Takes every value out of a state. In memory it is empty at once. */
export async function cleared(state: Memento): Promise<void> {
	await Promise.all(state.keys().map((key) => state.update(key, undefined)));
}
