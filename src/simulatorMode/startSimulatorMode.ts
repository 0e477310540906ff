import { commands, l10n } from 'vscode';
import type { DisposableStore } from '../common/dispose';
import type { Keyring } from '../keys/keyring/keyring';
import { registerCommands } from '../common/commands';
import { simulatorCommands } from './commands';
import { SimulatorMode, type SimulatorModeParts } from './simulatorMode';
import { wordingOfWindow } from './wording';

/** The trial with its commands, and what menus must know to offer them. What it makes is added to `owned`. */
export function startSimulatorMode(owned: DisposableStore, parts: Omit<SimulatorModeParts, 'load'>): SimulatorMode {
	const { keyring, report } = parts;
	const load = async () => {
		const { createFixtures: createCast } = await import('./fixtures');
		const names = { key: (n: number) => l10n.t('Simulator {0}', n), project: l10n.t('Simulator project') };
		return createCast(names, wordingOfWindow());
	};
	const trial = owned.add(new SimulatorMode({ ...parts, load }));
	owned.add(registerCommands(simulatorCommands({ trial, keyring, report })));
	tellMenus(owned, trial, keyring);
	return trial;
}

/** The simulator is offered where it is known that there is no key: not before the keys have been read. */
function tellMenus(owned: DisposableStore, trial: SimulatorMode, keyring: Pick<Keyring, 'list' | 'onDidChange'>): void {
	let isKnown = false;
	const told = new Map<string, boolean>();
	const tell = (name: string, value: boolean): void => {
		if (told.get(name) === value) return;
		told.set(name, value);
		void commands.executeCommand('setContext', name, value);
	};
	const tellAll = (): void => {
		tell('keypool.simulated', trial.on);
		if (isKnown) tell('keypool.noKeys', keyring.list().keys.length === 0);
	};
	owned.add(keyring.onDidChange(tellAll));
	owned.add(
		trial.onDidChange(() => {
			isKnown = true;
			tellAll();
		}),
	);
}
