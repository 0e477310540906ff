import type { UnreadKeys } from '../../keys/check/keyringLoader';
import { pauseInWords } from '../../localization/pauseInWords';
import type { Reason, Snapshot } from '../../pool/pool';
import { maxMessage, oneLine } from '../../ui/safeText';
import type { ErrorView } from '../../webviews/protocol';
import type { Turn } from '../model/conversation';
import type { UserMessage, Wording } from '../model/wording';

/** What stands over the input box while no key can answer and none will by itself. */
export interface Banner {
	readonly view: ErrorView;
	readonly reason: Reason;
	/** What its button does. */
	readonly command?: string;
}

/**
 * Undefined where questions are answered, now or after a rest, where there is no key yet and no question (the welcome says
 * that), and where the last answer failed for the same reason: it says so right above, with the same button.
 *
 * @param unread why there may be keys that the snapshot has not.
 */
export function bannerOver(
	turns: readonly Turn[],
	snapshot: Snapshot,
	words: Wording,
	unread?: UnreadKeys,
): Banner | undefined {
	if (unread === 'reading') return undefined;
	const banner = unread
		? bannerSaying('keysLocked', words.describeReason('keysLocked'))
		: snapshot.keys.length === 0 && turns.length > 0
			? bannerSaying('noKeys', words.describeReason('noKeys'))
			: bannerOf(snapshot, words);
	const last = turns.at(-1)?.answer;
	return last?.state === 'failed' && last.reason === banner?.reason ? undefined : banner;
}

function bannerOf(snapshot: Snapshot, words: Wording): Banner | undefined {
	const { paused, keys } = snapshot;
	if (paused) {
		const { text, ...message } = words.describeReason('paused');
		return bannerSaying('paused', {
			...message,
			text: `${text} ${oneLine(pauseInWords(snapshot, words), maxMessage)}`,
		});
	}
	if (keys.length === 0) return undefined;
	const enabled = keys.filter(({ key }) => key.enabled);
	if (enabled.length === 0) return bannerSaying('noKeys', words.describeReason('noKeys', { limit: keys.length }));
	if (!enabled.every(({ availability, isBarred }) => isBarred || availability.state === 'quarantined'))
		return undefined;
	if (enabled.every(({ isBarred }) => isBarred)) return bannerSaying('paidOnly', words.describeReason('paidOnly'));
	// What one key needs helps at once: a team's gateway, which counts as one, may want another token, and no patience.
	const [only, second] = keys;
	const reason = only?.availability.state === 'quarantined' && !second ? only.availability.reason : 'noUsableKey';
	return bannerSaying(reason, words.describeReason(reason));
}

function bannerSaying(reason: Reason, { text, remedy, action, link }: UserMessage): Banner {
	return {
		reason,
		view: {
			text,
			...(remedy !== undefined && { remedy }),
			...(action && { action: action.title }),
			...(link && { link }),
		},
		...(action && { command: action.command }),
	};
}
