import { commands } from 'vscode';
import { DisposableStore, type Disposable } from './dispose';
import { lazily } from './lazily';

export type Action = (...args: unknown[]) => unknown;

/** Registers commands by their names. What one throws reaches its caller. */
export function registerCommands(actions: Readonly<Record<string, Action>>): Disposable {
	const registered = new DisposableStore();
	for (const [name, action] of Object.entries(actions)) registered.add(commands.registerCommand(name, action));
	return registered;
}

/** The same for a room that is read at the first use of one of them; where that failed, the next use tries again. */
export function registerLazily<Name extends string>(
	names: readonly Name[],
	load: () => Promise<Readonly<Record<Name, Action>>>,
): Disposable {
	const actions = lazily(load);
	const each = (name: Name) => [name, async (...args: unknown[]) => (await actions())[name](...args)] as const;
	return registerCommands(Object.fromEntries(names.map(each)));
}
