import type { KeyView, Reason, Snapshot, EpochMs } from '../../pool/pool';
import { paidOnlyInWords } from '../../localization/paidOnlyInWords';
import { pauseInWords } from '../../localization/pauseInWords';
import { supplyInWords } from '../../localization/supplyInWords';
import type { Words } from '../../localization/words';
import { statusSummary, type StatusSummary } from './statusSummary';
import {
	beside,
	bold,
	lines,
	link,
	listed,
	paragraphs,
	plain,
	type LinkedCommand,
	type Markdown,
} from '../../ui/markdown';
import type { WhichKeys } from '../shared/poolView';
import { gatewayInWords, outlookInWords, outlookOf } from '../shared/gatewayRows';
import type { GatewayView } from '../shared/gatewayView';
import { teamInWords, type TeamView } from '../shared/teamView';
import { requestsInWords } from '../shared/rowPresentation';

/** The status bar item before it becomes one. */
export interface Status extends StatusSummary {
	/** No countdown: it stays true while it is read. */
	readonly hover: Markdown;
	readonly spoken: string;
}

/** More keys than a hover can hold are counted. */
const maxKeys = 10;
/** Models in use beside the default one. */
const maxModels = 5;

/**
 * @param which `simulated`: the keys are the simulator's, and so are the answers.
 * @param gateway a team's, in place of keys.
 * @param team shares what is known of the keys.
 * @param rotation as the setting says it: when the order of the keys is rotated.
 */
export function statusOf(
	snapshot: Snapshot,
	words: Words,
	now: EpochMs,
	which: WhichKeys = 'own',
	rotation = 'off',
	gateway?: GatewayView,
	team?: TeamView,
): Status {
	const { t } = words;
	const simulated = which === 'simulated';
	const short = statusSummary(snapshot, t, which);
	if (snapshot.paused) return { ...short, ...pausedStatus(snapshot, snapshot.paused.reason, words) };
	if (gateway) return gatewayStatus(gateway, snapshot, words, now);
	if (snapshot.keys.length === 0) return { ...short, ...statusWithoutKeys(which, words) };
	const canAnswer = supplyInWords(snapshot, words);
	const today = requestsToday(snapshot.keys);
	const others = snapshot.supplies.filter(({ model }) => model !== snapshot.model).slice(0, maxModels);
	return {
		...short,
		hover: paragraphs(
			simulated ? bold(simulatorInWords(words)) : undefined,
			bold(canAnswer),
			lines(...others.map((one) => plain(supplyInWords(one, words)))),
			notUsable(snapshot.keys, words, now),
			plain(waitingInWords(snapshot.waiting, words)),
			lines(
				plain(t('{0} in total.', requestsInWords(today.sent, words))),
				today.others > 0 ? plain(othersInWords(today.others, words)) : undefined,
				plain(t('Strategy: {0}.', words.describeStrategy(snapshot.strategy))),
				plain(rotationInWords(rotation, words)),
				team && plain(teamInWords(team, words)),
				snapshot.paidOnly ? plain(paidOnlyInWords(words)) : undefined,
			),
			links(
				['keypool.keys.focus', t('Show Keys')],
				['keypool.openDashboard', t('Dashboard')],
				['keypool.checkAllKeys', t('Check All Keys')],
				['keypool.chooseStrategy', t('Strategy')],
				['keypool.openSettings', t('Settings')],
				...(simulated ? [['keypool.leaveSimulator', t('Leave the Simulator')] as const] : []),
			),
		),
		spoken: simulated ? `${simulatorInWords(words)} ${canAnswer}` : canAnswer,
	};
}

type Told = Pick<Status, 'hover' | 'spoken'>;

function pausedStatus(snapshot: Snapshot, reason: Reason, words: Words): Told {
	const { t } = words;
	const { text, remedy } = words.describeReason('paused');
	return {
		hover: paragraphs(
			bold(text),
			plain(pauseInWords(snapshot, words)),
			remedy === undefined ? undefined : plain(remedy),
			links(['keypool.resume', t('Resume')], ['keypool.keys.focus', t('Show Keys')]),
		),
		spoken: t('Keypool is paused: {0}', words.describeReason(reason).brief),
	};
}

function statusWithoutKeys(which: WhichKeys, words: Words): Told {
	const { t } = words;
	if (which === 'locked') {
		const text = t(
			'Your keys cannot be read: the system’s secret storage refuses access. They are not lost. Unlock it, then try again.',
		);
		const commands = links(['keypool.checkAllKeys', t('Try Again')], ['keypool.keys.focus', t('Show Keys')]);
		return { hover: paragraphs(plain(text), commands), spoken: text };
	}
	if (which === 'reading') {
		const text = t('Your keys are being read.');
		return { hover: plain(text), spoken: text };
	}
	const { text, remedy } = words.describeReason('noKeys');
	return {
		hover: paragraphs(
			lines(plain(text), remedy === undefined ? undefined : plain(remedy)),
			links(['keypool.addKey', t('Add Keys')], ['keypool.trySimulator', t('Try the Simulator')]),
		),
		spoken: text,
	};
}

/** A team's gateway: what it tells, and no keys. */
function gatewayStatus(gateway: GatewayView, snapshot: Snapshot, words: Words, now: EpochMs): Status {
	const { t } = words;
	const outlook = outlookOf(gateway, snapshot);
	const state = outlookInWords(outlook, words, now);
	const isWell = outlook.state === 'usable' || outlook.state === 'asked';
	return {
		icon: 'organization',
		text: isWell ? t('gateway') : `${t('gateway')}: ${outlook.state === 'usedUp' ? t('budget used up') : state}`,
		...(isWell ? {} : { alarm: 'warning' }),
		hover: paragraphs(
			gatewayInWords(gateway, outlook, words, now),
			plain(waitingInWords(snapshot.waiting, words)),
			links(
				['keypool.keys.focus', t('Show the Gateway')],
				['keypool.openDashboard', t('Dashboard')],
				['keypool.openSettings', t('Settings')],
			),
		),
		spoken: t('Team gateway {0}: {1}', gateway.host, state),
	};
}

function rotationInWords(rotation: string, { t }: Words): string {
	switch (rotation) {
		case 'off':
			return t('The order of the keys is not rotated.');
		case 'daily':
			return t('The order of the keys is rotated daily, at midnight.');
		default:
			return t('The order of the keys is rotated by {0}.', rotation);
	}
}

/** What stands wherever simulated keys are shown. */
export function simulatorInWords({ t }: Words): string {
	return t('Simulator: keys and answers are made up on this computer. Nothing goes to Google.');
}

function links(...to: readonly (readonly [LinkedCommand, string])[]): Markdown {
	return listed(...to.map(([command, title]) => link(title, { command })));
}

function notUsable(keys: readonly KeyView[], words: Words, now: EpochMs): Markdown {
	const others = keys.filter(
		({ availability }) => availability.state !== 'usable' && availability.state !== 'disabled',
	);
	const hidden = others.length - maxKeys;
	const shown = others
		.slice(0, maxKeys)
		.map(({ key, availability }) =>
			beside(bold(`${key.label}:`), plain(words.announceAvailability(availability, now))),
		);
	return lines(
		...shown,
		hidden > 0 ? plain(hidden === 1 ? words.t('1 more key') : words.t('{0} more keys', hidden)) : undefined,
	);
}

function waitingInWords(waiting: number, { t, describeCount }: Words): string {
	if (waiting === 0) return '';
	return waiting === 1 ? t('1 request is waiting.') : t('{0} requests are waiting.', describeCount(waiting));
}

/** What was sent, and what others are thought to have used. Keys of one project see the same buckets: each is counted once. */
function requestsToday(keys: readonly KeyView[]): { readonly sent: number; readonly others: number } {
	const buckets = new Map(
		keys.flatMap(({ project, models }) => models.map((view) => [`${project.id}/${view.model}`, view] as const)),
	);
	let [sent, others] = [0, 0];
	for (const { sentToday, requestsToday: counted } of buckets.values()) {
		sent += sentToday;
		others += Math.max(0, counted - sentToday);
	}
	return { sent, others };
}

/** The pool raises its count when the service says that a day's quota is used up: a guess about others who use the project. */
function othersInWords(requests: number, { t, describeCount }: Words): string {
	return requests === 1
		? t('Others have probably used 1 request.')
		: t('Others have probably used {0} requests.', describeCount(requests));
}
