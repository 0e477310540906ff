import { commands, l10n } from 'vscode';
import type { Keyring } from '../keys/keyring/keyring';
import { showFailure } from '../keys/check/words';
import { showInformation } from '../ui/messages';
import type { SimulatorMode } from './simulatorMode';

export interface SimulatorCommandsOptions {
	readonly simulatorMode: Pick<SimulatorMode, 'isOn' | 'enter' | 'leave'>;
	readonly keyring: Pick<Keyring, 'list'>;
	/** Hears errors that no sentence was written for. */
	readonly report: (error: unknown) => void;
}

/** The commands with which a person tries the simulator and leaves it. */
export function simulatorCommands(options: SimulatorCommandsOptions) {
	const { simulatorMode, keyring, report } = options;
	const showingFailure =
		(act: (argument?: unknown) => Promise<void>) =>
		async (argument?: unknown): Promise<void> => {
			try {
				await act(argument);
			} catch (error) {
				showFailure(error, report);
			}
		};
	return {
		'keypool.trySimulator': showingFailure(async (argument) => {
			if (!simulatorMode.isOn && keyring.list().keys.length > 0) {
				void showInformation(
					l10n.t(
						'There are keys already. The simulator is for a pool without keys: real and simulated are never mixed.',
					),
				);
				return;
			}
			await simulatorMode.enter();
			// Where the first question is asked, unless another command goes on by itself.
			if (argument !== 'stay') await commands.executeCommand('keypool.chat.focus');
		}),
		'keypool.leaveSimulator': showingFailure(async () => {
			if (simulatorMode.isOn) await simulatorMode.leave();
			else void showInformation(l10n.t('The simulator is not on.'));
		}),
	};
}
