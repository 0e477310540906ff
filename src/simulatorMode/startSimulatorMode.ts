import { commands, l10n } from 'vscode';
import type { DisposableStore } from '../common/dispose';
import type { Keyring } from '../keys/keyring/keyring';
import { registerCommands } from '../common/commands';
import { trialCommands } from './commands';
import { Trial, type TrialParts } from './simulatorMode';
import { wordingOfWindow } from './wording';

/** The trial with its commands, and what menus must know to offer them. What it makes is added to `owned`. */
export function startTrial(owned: DisposableStore, parts: Omit<TrialParts, 'load'>): Trial {
	const { keyring, report } = parts;
	const load = async () => {
		const { createCast } = await import('./fixtures');
		const names = { key: (n: number) => l10n.t('Simulator {0}', n), project: l10n.t('Simulator project') };
		return createCast(names, wordingOfWindow());
	};
	const trial = owned.add(new Trial({ ...parts, load }));
	owned.add(registerCommands(trialCommands({ trial, keyring, report })));
	tellMenus(owned, trial, keyring);
	return trial;
}

/** The simulator is offered where it is known that there is no key: not before the keys have been read. */
function tellMenus(owned: DisposableStore, trial: Trial, keyring: Pick<Keyring, 'list' | 'onDidChange'>): void {
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
