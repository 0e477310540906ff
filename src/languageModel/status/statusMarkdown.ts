import { paidOnlyInWords } from '../../localization/paidOnlyInWords';
import { pauseInWords } from '../../localization/pauseInWords';
import { supplyInWords } from '../../localization/supplyInWords';
import type { Words } from '../../localization/words';
import type { EpochMs, Snapshot } from '../../pool/pool';
import { bold, lines, listed, paragraphs, plain, type Markdown } from '../../ui/markdown';

/** Keys that are listed; more are counted. */
const maxListed = 50;

/** Which keys can work, and until when the others cannot, for the chat. */
export function statusMarkdown(snapshot: Snapshot, words: Words, now: EpochMs): Markdown {
	const { keys, paidOnly, paused } = snapshot;
	const { t } = words;
	if (keys.length === 0) return plain(words.describeReason('noKeys').text);
	const rows = keys
		.slice(0, maxListed)
		.map((view) => listed(bold(view.key.label), plain(words.announceKey(view, now))));
	const more = keys.length - rows.length;
	return paragraphs(
		paused && plain(`${words.describeReason('paused').text} ${pauseInWords(snapshot, words)}`),
		plain(supplyInWords(snapshot, words)),
		paidOnly ? plain(paidOnlyInWords(words)) : undefined,
		lines(...rows, more > 0 ? plain(t('{0} more', more)) : undefined),
	);
}
