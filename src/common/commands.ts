import { commands, l10n } from 'vscode';
import { DisposableStore, type Disposable } from './dispose';
import { isObject } from './json';
import { lazily } from './lazily';

export type Action = (...args: unknown[]) => unknown;

/** Registers commands by name. An error of a command reaches its caller. */
export function registerCommands(actions: Readonly<Record<string, Action>>): Disposable {
	const registered = new DisposableStore();
	for (const [name, action] of Object.entries(actions))
		registered.add(commands.registerCommand(name, orReload(action)));
	return registered;
}

/** Sets context keys, which menus ask for, each only when its value changes. */
export function contextKeys(): (name: string, value: boolean) => void {
	const known = new Map<string, boolean>();
	return (name, value) => {
		if (known.get(name) === value) return;
		known.set(name, value);
		void commands.executeCommand('setContext', name, value);
	};
}

/** VS Code may have deleted files of a version that was replaced or removed, before they were read. What this throws, it shows. */
export function orReload<A extends unknown[], R>(run: (...args: A) => R | Promise<R>): (...args: A) => Promise<R> {
	return async (...args) => {
		try {
			return await run(...args);
		} catch (error) {
			if (!isObject(error) || error['code'] !== 'MODULE_NOT_FOUND') throw error;
			throw new Error(l10n.t('Keypool was updated or removed. Reload the window.'), { cause: error });
		}
	};
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
