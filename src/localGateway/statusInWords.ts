import type { Translate } from '../localization/words';
import type { ServingStatus } from './servedGateway';

/** Why the port cannot be had, and what to do. */
export function portRefusedInWords(port: number, reason: unknown, t: Translate): string {
	switch (reason) {
		case 'inUse':
			return t(
				'Port {0} for the gateway is taken by another program. End that program, or choose another port in the settings and connect your tools anew.',
				port,
			);
		case 'inUseByKeypool':
			return t(
				'Port {0} for the gateway is taken by Keypool in another editor. Stop the gateway there, or choose another port in the settings and connect your tools anew.',
				port,
			);
		case 'notAllowed':
			return t(
				'This computer does not allow port {0} for the gateway: its system keeps it for itself, as Windows does with whole ranges. Choose another one above 1023 in the settings.',
				port,
			);
		default:
			return t('The gateway cannot use port {0}. See Keypool’s log for the reason.', port);
	}
}

/** For the line below a view's title; empty where the title says it all. */
export function statusInWords(status: ServingStatus, port: number, t: Translate): string {
	switch (status.state) {
		case 'portRefused':
			return portRefusedInWords(port, status.reason, t);
		case 'starting':
			return t('The gateway is starting.');
		case 'off':
		case 'serving':
		case 'servedElsewhere':
			return '';
	}
}

/** A window on another computer: the tools in it cannot reach this one. */
export function elsewhereInWords(remote: string, t: Translate): string {
	return t(
		'This window works on another computer ({0}), whose tools cannot reach the gateway on this one. Use a local window, or install Keypool on {0} and run it there with the setting remote.extensionKind.',
		remote,
	);
}
