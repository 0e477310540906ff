import { commands, l10n } from 'vscode';
import type { Keyring } from '../keys/keyring/keyring';
import { showingFailure } from '../keys/keyring/keyringErrors';
import { showInformation } from '../ui/messages';
import type { SimulatorMode } from './simulatorMode';

export interface SimulatorCommandsOptions {
	readonly simulatorMode: Pick<SimulatorMode, 'isOn' | 'enter' | 'leave'>;
	readonly keyring: Pick<Keyring, 'list'>;
	/** Whether a team's gateway answers in place of keys: it would answer in place of simulated ones as well. */
	readonly isGatewayUsed: () => boolean;
	/** Receives errors that have no message of their own. */
	readonly report: (error: unknown) => void;
}

/** The commands that enter and leave simulator mode. */
export function simulatorCommands(options: SimulatorCommandsOptions) {
	const { simulatorMode, keyring, isGatewayUsed, report } = options;
	return {
		'keypool.trySimulator': showingFailure(async (argument?: unknown) => {
			if (!simulatorMode.isOn && keyring.list().keys.length > 0) {
				void showInformation(
					l10n.t(
						'There are keys already. The simulator works only without keys: real and simulated keys are never mixed.',
					),
				);
				return;
			}
			if (isGatewayUsed()) {
				void showInformation(
					l10n.t('A team gateway answers your questions. Stop using it before you try the simulator.'),
				);
				return;
			}
			await simulatorMode.enter();
			// Show the chat for the first question, unless another command continues.
			if (argument !== 'stay') await commands.executeCommand('keypool.chat.focus');
		}, report),
		'keypool.leaveSimulator': showingFailure(async () => {
			if (simulatorMode.isOn) await simulatorMode.leave();
			else void showInformation(l10n.t('The simulator is not on.'));
		}, report),
	};
}
