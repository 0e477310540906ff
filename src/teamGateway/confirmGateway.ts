import { l10n, type Memento } from 'vscode';
import { validateBaseUrl } from '../gemini/request/address';
import { askWarning } from '../ui/messages';

export type GatewayHosts = Pick<Memento, 'get' | 'update'>;

/** Not the list of hosts for keys: a host that may have a token and prompts may still not have keys. */
const memoryName = 'keypool.confirmedGateways';
const maxHosts = 20;

/** Whether this host may receive prompts and the token: this computer, and what the person confirmed once. */
export async function confirmGateway(address: string, memory: GatewayHosts): Promise<boolean> {
	const check = validateBaseUrl(address);
	if (!check.ok) return false;
	const confirmed = memory.get<readonly string[]>(memoryName, []);
	if (check.kind === 'loopback' || confirmed.includes(check.host)) return true;
	const send = l10n.t('Use This Gateway');
	const chosen = await askWarning(
		l10n.t('Send everything you ask to {0}?', check.host),
		l10n.t(
			'Whoever runs this gateway can read your prompts and the answers, and sees how much you use. Use it only if you trust them. Keypool asks once for each host.',
		),
		send,
	);
	if (chosen !== send) return false;
	await memory.update(memoryName, [...confirmed, check.host].slice(-maxHosts));
	return true;
}
