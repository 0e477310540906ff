import type { Masker } from '../../masking/masking';
import type { KeyId, Snapshot, Statistics, EpochMs } from '../../pool/pool';
import type { DashboardData, TeamFact } from '../../webviews/dashboardProtocol';
import { pauseInWords } from '../../localization/pauseInWords';
import type { Words } from '../../localization/words';
import { maxMessage, oneLine } from '../../ui/safeText';
import { gatewayPresentation, gatewayRows, spentAtGateway } from '../shared/gatewayRows';
import type { GatewayView } from '../shared/gatewayView';
import { simulatorInWords } from '../statusBar/status';
import { costsView, type PriceListAge } from './costs';
import { keysView } from './keys';
import { quotaViews } from './quotas';
import { originTotals, requestViews } from './requests';
import { restRows } from './cooldowns';
import { usageView } from './usage';
import { createVoice } from './voice';

/** What the store holds of what was sent. */
export type History = Pick<Statistics, 'minutes' | 'requestRecords' | 'cooldowns' | 'dailyCosts'>;

/** What a dashboard shows beside the pool and its history. */
export interface DashboardExtras {
	/** Keys and answers are the simulator's. */
	readonly isSimulated?: boolean;
	readonly prices?: PriceListAge;
	/** The key whose turn it is, where keys take turns. */
	readonly next?: KeyId | undefined;
	readonly team?: readonly TeamFact[];
	/** A team's, in place of keys. */
	readonly gateway?: GatewayView | undefined;
}

/** What the dashboard shows: durations from `now` (the store's clock), codes in words, no key in any text. */
export function dashboardData(
	snapshot: Snapshot,
	history: History,
	now: EpochMs,
	words: Words,
	keepSecrets: Masker,
	{ isSimulated = false, prices, next, team = [], gateway }: DashboardExtras = {},
): DashboardData {
	// A direction mark in a name would turn around what is read of it.
	const mask: Masker = (text) => oneLine(keepSecrets(text), maxMessage);
	const requestRecords = history.requestRecords();
	const minutes = history.minutes();
	const voice = createVoice(snapshot, requestRecords, words, mask);
	const { paused } = snapshot;
	return {
		pool: {
			hasKeys: snapshot.keys.length > 0,
			usable: snapshot.usable,
			total: snapshot.total,
			waiting: snapshot.waiting,
			...(isSimulated && { simulated: simulatorInWords(words) }),
			...(gateway && { isGateway: true as const }),
			...(paused && { paused: mask(pauseInWords(snapshot, words)) }),
		},
		keys: keysView(snapshot, next, now, voice),
		team: gateway ? gatewayFacts(gateway, snapshot, words, now) : team,
		hour: usageView(minutes, 'hour', now, voice),
		day: usageView(minutes, 'day', now, voice),
		costs: {
			...costsView(snapshot, history.dailyCosts(), prices, now, voice),
			// It pays: what is counted here is nothing.
			...(gateway?.told && { today: spentAtGateway(gateway.told, words, now) }),
		},
		...quotaViews(snapshot, now, voice),
		...restRows(snapshot, history.cooldowns(), now, voice),
		requests: requestViews(requestRecords, now, voice),
		origins: originTotals(requestRecords, voice),
	};
}

/** What the rows of the gateway say in the keys view. */
function gatewayFacts(gateway: GatewayView, snapshot: Snapshot, words: Words, now: EpochMs): readonly TeamFact[] {
	return gatewayRows(gateway, snapshot).map((row) => {
		const { label, description: value } = gatewayPresentation(row, words, now);
		return { label, value };
	});
}
