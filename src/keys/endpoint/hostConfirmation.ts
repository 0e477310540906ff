import { l10n, type Memento } from 'vscode';
import { askWarning, showError } from '../../ui/messages';
import { ServiceHost, type CheckedAddress, type RefusedAddress } from './serviceHost';

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
			void showError(l10n.t('The setting keypool.baseUrl is refused: {0}', describeRefusedAddress(reason))),
	});
}

function describeRefusedAddress(reason: RefusedAddress): string {
	switch (reason) {
		case 'notAUrl':
			return l10n.t('it is not a valid address. Write it like https://generativelanguage.googleapis.com.');
		case 'notHttps':
			return l10n.t('it must begin with https, except on this computer.');
		case 'credentials':
			return l10n.t('it must not contain a user name or a password.');
		case 'query':
			return l10n.t('it must not contain a question mark or a hash sign.');
	}
}
