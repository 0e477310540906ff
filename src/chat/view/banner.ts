import type { Reason, Snapshot } from '../../pool/pool';
import type { ErrorView } from '../../webviews/protocol';
import type { Turn } from '../model/conversation';
import type { Said, Wording } from '../model/wording';

/** What stands over the input box while no key can answer and none will by itself. */
export interface Banner {
	readonly view: ErrorView;
	readonly why: Reason;
	/** What its button does. */
	readonly command?: string;
}

/**
 * Undefined where questions are answered, now or after a rest, where there is no key yet (the welcome says that), and
 * where the last answer failed for the same reason: it says so right above, with the same button.
 *
 * @param isLocked keys are there that cannot be read.
 */
export function bannerOver(
	turns: readonly Turn[],
	snapshot: Snapshot,
	words: Wording,
	isLocked = false,
): Banner | undefined {
	const banner = isLocked ? bannerSaying('keysLocked', words.sayReason('keysLocked')) : bannerOf(snapshot, words);
	const last = turns.at(-1)?.answer;
	return last?.is === 'failed' && last.why === banner?.why ? undefined : banner;
}

function bannerOf({ paused, keys }: Snapshot, words: Wording): Banner | undefined {
	if (paused) {
		const { text, ...said } = words.sayReason('paused');
		return bannerSaying('paused', {
			...said,
			text: `${text} ${words.t('Last reason: {0}.', words.sayReason(paused.why).brief)}`,
		});
	}
	const hopeless = keys.every(({ standing }) => standing.is === 'benched' || standing.is === 'disabled');
	return keys.length > 0 && hopeless ? bannerSaying('noUsableKey', words.sayReason('noUsableKey')) : undefined;
}

function bannerSaying(why: Reason, { text, remedy, action, link }: Said): Banner {
	return {
		why,
		view: {
			text,
			...(remedy !== undefined && { remedy }),
			...(action && { action: action.title }),
			...(link && { link }),
		},
		...(action && { command: action.command }),
	};
}
