import { commands } from 'vscode';
import { DisposableStore, type Disposable } from './dispose';
import { lazily } from './lazily';

export type Action = (...args: unknown[]) => unknown;

/** Registers commands by name. An error of a command reaches its caller. */
export function registerCommands(actions: Readonly<Record<string, Action>>): Disposable {
	const registered = new DisposableStore();
	for (const [name, action] of Object.entries(actions)) registered.add(commands.registerCommand(name, action));
	return registered;
}

/** As `registerCommands`, for code that is loaded when one of them is first used. If loading fails, the next use retries. */
export function registerLazily<Name extends string>(
	names: readonly Name[],
	load: () => Promise<Readonly<Record<Name, Action>>>,
): Disposable {
	const actions = lazily(load);
	const each = (name: Name) => [name, async (...args: unknown[]) => (await actions())[name](...args)] as const;
	return registerCommands(Object.fromEntries(names.map(each)));
}
