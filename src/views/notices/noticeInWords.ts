import type { KeyId, KeyView, Snapshot, EpochMs } from '../../pool/pool';
import type { HelpfulCommand, Words } from '../../localization/words';
import type { Translate, UserMessage } from '../../localization/userMessage';
import { pauseInWords } from '../../localization/pauseInWords';
import { atLimitOfZero, atTheirCap, needAttention } from '../shared/attention';
import { firstAvailable } from '../shared/cooldowns';
import { outlookInWords, outlookOf } from '../shared/gatewayRows';
import type { GatewayView } from '../shared/gatewayView';
import { revokedInWords } from './revokedTier';

/** What interrupts a person, with the one button that helps. */
export interface Notice {
	readonly severity: 'warning' | 'error';
	readonly text: string;
	readonly action: {
		readonly command: HelpfulCommand;
		readonly title: string;
		/** The key that the command is about. */
		readonly key?: KeyId;
	};
}

export function noticeInWords(
	snapshot: Snapshot,
	words: Words,
	now: EpochMs,
	about: { readonly revoked?: KeyView | undefined; readonly gateway?: GatewayView | undefined } = {},
): Notice {
	if (about.revoked) return revokedNotice(about.revoked, words, now);
	if (snapshot.paused) return pausedNotice(snapshot, words);
	return about.gateway ? gatewayNotice(about.gateway, snapshot, words, now) : noneNotice(snapshot, words, now);
}

/** Nobody who uses a team's gateway holds a key to add or to look after. */
function gatewayNotice(gateway: GatewayView, snapshot: Snapshot, words: Words, now: EpochMs): Notice {
	const { t } = words;
	const outlook = outlookOf(gateway, snapshot);
	// A notice stays: it may be read another day.
	const lasting = { ...words, describeTime: words.describeLastingTime };
	// What it tells of itself can be better than what it last answered here.
	const isWell = outlook.state === 'usable' || outlook.state === 'asked';
	return {
		severity: 'warning',
		text: isWell
			? words.describeReason('noUsableKey').text
			: t('Team gateway {0}: {1}', gateway.host, outlookInWords(outlook, lasting, now)),
		action:
			outlook.state === 'badToken'
				? { command: 'keypool.useTeamGateway', title: t('Enter Another Token') }
				: { command: 'keypool.keys.focus', title: t('Show the Gateway') },
	};
}

function revokedNotice(view: KeyView, words: Words, now: EpochMs): Notice {
	const { t } = words;
	return {
		severity: 'warning',
		text: `${view.key.label}: ${revokedInWords(view, words, now) ?? ''}`,
		action: { command: 'keypool.keys.focus', title: t('Show Keys') },
	};
}

function pausedNotice(snapshot: Snapshot, words: Words): Notice {
	const { text } = words.describeReason('paused');
	return {
		severity: 'error',
		text: `${text} ${pauseInWords(snapshot, words)}`,
		action: { command: 'keypool.resume', title: words.t('Resume') },
	};
}

/** Where only paid keys may be used, the others neither help nor need anything. */
function noneNotice(all: Snapshot, words: Words, now: EpochMs): Notice {
	const keys = all.keys.filter(({ isBarred }) => !isBarred);
	const snapshot = { ...all, keys };
	const back = firstAvailable(keys);
	const waiting = needAttention(snapshot).length;
	const capped = atTheirCap(snapshot);
	// Where another key comes back by itself, a limit of 0 is how the person wants it.
	const zero = back === undefined ? atLimitOfZero(snapshot) : [];
	const { t, describeReason } = words;
	const nothing = describeReason('rpm', { limit: 0 });
	const limited =
		capped.length > 0 ? { by: capped, change: describeReason('cap').action } : { by: zero, change: nothing.action };
	// A key that rests does so for the model: a fallback model may be answering just now.
	const isOfModel =
		capped.length === 0 && keys.some(({ availability: { state } }) => state !== 'quarantined' && state !== 'disabled');
	const text = isOfModel
		? t('No key can answer with {0} right now.', snapshot.model)
		: describeReason('noUsableKey').text;
	const more = [
		capped.length === 0 ? undefined : capInWords(capped, words),
		zero.length === 0 ? undefined : nothing.text,
		back === undefined ? undefined : t('The first key is back at {0}.', words.describeLastingTime(back, now)),
		waiting === 0 ? undefined : waiting === 1 ? t('1 key needs attention.') : t('{0} keys need attention.', waiting),
	];
	return {
		severity: 'warning',
		text: [text, ...more].filter((part) => part !== undefined).join(' '),
		action: actionFor(limited, waiting, t),
	};
}

/** What a person set themselves is the first thing to change: another key would only get round it. */
function actionFor(
	{ by: [first, second], change }: { readonly by: readonly KeyView[]; readonly change: UserMessage['action'] },
	waiting: number,
	t: Translate,
): Notice['action'] {
	if (first && change) return { ...change, ...(second === undefined && { key: first.key.id }) };
	return waiting === 0
		? { command: 'keypool.addKey', title: t('Add Key') }
		: { command: 'keypool.keys.focus', title: t('Show Keys') };
}

function capInWords(capped: readonly KeyView[], words: Words): string {
	const [first] = capped;
	return first && capped.length === 1
		? words.t('The daily cap of {0} is reached.', first.project.label ?? first.key.label)
		: words.t('The daily caps of {0} projects are reached.', capped.length);
}
