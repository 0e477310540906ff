import { l10n } from 'vscode';
import type { DisposableStore } from '../common/dispose';
import type { Keyring } from '../keys/keyring/keyring';
import { contextKeys, registerLazily } from '../common/commands';
import type { SimulatorCommandsOptions } from './commands';
import { SimulatorMode, type SimulatorModeParts } from './simulatorMode';
import { wordingOfWindow } from './wording';

/** Creates simulator mode with its commands and the context keys of its menus. Adds them to `owned`. */
export function startSimulatorMode(
	owned: DisposableStore,
	parts: Omit<SimulatorModeParts, 'load'> & Pick<SimulatorCommandsOptions, 'isGatewayUsed'>,
): SimulatorMode {
	const { keyring } = parts;
	const load = async () => {
		const { createFixtures } = await import('./fixtures');
		const names = { key: (n: number) => l10n.t('Simulator {0}', n), project: l10n.t('Simulator project') };
		return createFixtures(names, wordingOfWindow());
	};
	const simulatorMode = owned.add(new SimulatorMode({ ...parts, load }));
	owned.add(
		registerLazily(['keypool.trySimulator', 'keypool.leaveSimulator'], async () => {
			const { simulatorCommands } = await import('./commands');
			return simulatorCommands({ ...parts, simulatorMode });
		}),
	);
	updateMenus(owned, simulatorMode, keyring);
	return simulatorMode;
}

/** The simulator is offered if there is no key, but not before the keys are loaded. */
function updateMenus(
	owned: DisposableStore,
	simulatorMode: SimulatorMode,
	keyring: Pick<Keyring, 'list' | 'onDidChange'>,
): void {
	let isKnown = false;
	const setContext = contextKeys();
	const updateAll = (): void => {
		setContext('keypool.simulated', simulatorMode.isOn);
		if (isKnown) setContext('keypool.noKeys', keyring.list().keys.length === 0);
	};
	owned.add(keyring.onDidChange(updateAll));
	owned.add(
		simulatorMode.onDidChange(() => {
			isKnown = true;
			updateAll();
		}),
	);
}
