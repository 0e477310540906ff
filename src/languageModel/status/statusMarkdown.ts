import type { Words } from '../../localization/words';
import type { EpochMs, Snapshot } from '../../pool/pool';
import { bold, lines, listed, paragraphs, plain, type Markdown } from '../../ui/markdown';

/** Keys that are listed; more are counted. */
const maxListed = 50;

/** Which keys can work, and until when the others cannot, for the chat. */
export function statusMarkdown({ keys, model, paused, total, usable }: Snapshot, words: Words, now: EpochMs): Markdown {
	const { t } = words;
	if (keys.length === 0) return plain(words.describeReason('noKeys').text);
	const rows = keys
		.slice(0, maxListed)
		.map(({ key, availability }) => listed(bold(key.label), plain(words.announceAvailability(availability, now))));
	const more = keys.length - rows.length;
	return paragraphs(
		paused && plain(words.describeReason('paused').text),
		plain(t('{0} of {1} keys can answer with {2} now.', usable, total, model)),
		lines(...rows, more > 0 ? plain(t('{0} more', more)) : undefined),
	);
}
