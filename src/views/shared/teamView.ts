import type { Words } from '../../localization/words';
import type { TeamFact } from '../../webviews/dashboardProtocol';

/** The team that this computer is in, which shares what is known of keys through a server. */
export interface TeamView {
	/** Its address. */
	readonly server: string;
	readonly isOnline: boolean;
}

export function teamInWords({ server, isOnline }: TeamView, { t }: Words): string {
	return isOnline
		? t('In a team on {0}.', server)
		: t('In a team on {0}, which is out of reach: this computer counts by itself meanwhile.', server);
}

export function teamFacts({ server, isOnline }: TeamView, { t }: Words): readonly TeamFact[] {
	const state = isOnline ? t('connected') : t('out of reach: this computer counts by itself meanwhile');
	return [
		{ label: t('Server'), value: server },
		{ label: t('State'), value: state },
	];
}
