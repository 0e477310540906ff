import type { Snapshot } from '../pool/pool';
import type { ErrorView } from '../webviews/protocol';
import type { Said, Wording } from './wording';

/** What stands over the input box while no key can answer and none will by itself. */
export interface Banner {
	readonly view: ErrorView;
	/** What its button does. */
	readonly command?: string;
}

/** Undefined where questions are answered, now or after a rest, and where there is no key yet: the welcome says that. */
export function bannerOf({ paused, keys }: Snapshot, words: Wording): Banner | undefined {
	if (paused) {
		const { text, ...said } = words.sayReason('paused');
		return bannerSaying({
			...said,
			text: `${text} ${words.t('Last reason: {0}.', words.sayReason(paused.why).brief)}`,
		});
	}
	const hopeless = keys.every(({ standing }) => standing.is === 'benched' || standing.is === 'disabled');
	return keys.length > 0 && hopeless ? bannerSaying(words.sayReason('noUsableKey')) : undefined;
}

function bannerSaying({ text, remedy, action, link }: Said): Banner {
	return {
		view: {
			text,
			...(remedy !== undefined && { remedy }),
			...(action && { action: action.title }),
			...(link && { link }),
		},
		...(action && { command: action.command }),
	};
}
