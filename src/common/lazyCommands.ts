import { commands } from 'vscode';
import { DisposableStore, type Disposable } from './dispose';
import { lazily } from './lazily';

export type Action = (...args: unknown[]) => unknown;

/**
 * Registers commands whose code is read at the first use of one of them, so that activation stays quick. What reading
 * it throws reaches the caller of the command, and the next use tries again.
 */
export function registerLazily<Name extends string>(
	names: readonly Name[],
	load: () => Promise<Readonly<Record<Name, Action>>>,
): Disposable {
	const actions = lazily(load);
	const registered = new DisposableStore();
	for (const name of names) {
		registered.add(commands.registerCommand(name, async (...args: unknown[]) => (await actions())[name](...args)));
	}
	return registered;
}
