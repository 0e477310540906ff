import { l10n, type Memento } from 'vscode';
import { askWarning, showError } from '../../ui/messages';
import { describeRefusedAddress, ServiceHost, type CheckedAddress } from './serviceHost';

const confirmedHosts = 'keypool.confirmedHosts';

/** Decides who may receive keys, with a dialog for each new host. */
export function createServiceHost(check: () => CheckedAddress, memory: Memento): ServiceHost {
	const confirmed = (): readonly string[] => memory.get<readonly string[]>(confirmedHosts, []);
	return new ServiceHost({
		check,
		confirmed,
		remember: (host) => memory.update(confirmedHosts, [...confirmed(), host].slice(-20)),
		confirm: async (host) => {
			const send = l10n.t('Send My Keys There');
			const chosen = await askWarning(
				l10n.t('Send your Gemini keys and prompts to {0}?', host),
				l10n.t(
					'The setting keypool.baseUrl names this host instead of Google. Whoever runs it receives your keys and everything you ask. Keypool asks once for each host.',
				),
				send,
			);
			return chosen === send;
		},
		onRefused: (reason) =>
			void showError(l10n.t('The setting keypool.baseUrl is refused: {0}', describeRefusedAddress(reason, l10n.t))),
	});
}
