import { commands } from 'vscode';
import { DisposableStore, type Disposable } from './dispose';

export type Action = (...args: unknown[]) => unknown;

/**
 * Registers commands whose code is read at the first use of one of them, so that activation stays quick. What reading
 * it throws reaches the caller of the command, and the next use tries again.
 */
export function registerLazily<Name extends string>(
	names: readonly Name[],
	load: () => Promise<Readonly<Record<Name, Action>>>,
): Disposable {
	let loaded: Promise<Readonly<Record<Name, Action>>> | undefined;
	const read = async (): Promise<Readonly<Record<Name, Action>>> => {
		const reading = (loaded ??= load());
		try {
			return await reading;
		} catch (error) {
			loaded = undefined;
			throw error;
		}
	};
	const registered = new DisposableStore();
	for (const name of names) {
		registered.add(commands.registerCommand(name, async (...args: unknown[]) => (await read())[name](...args)));
	}
	return registered;
}
