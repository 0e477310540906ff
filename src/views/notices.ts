import type { Disposable } from '../dispose';
import type { Snapshot, Wall } from '../pool/pool';
import type { HelpfulCommand, Words } from '../words';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock } from './poolView';
import { firstBack } from './rests';
import { needAttention } from './rows';

/** What interrupts a person, with the one button that helps. */
export interface Notice {
	readonly severity: 'warning' | 'error';
	readonly text: string;
	readonly action: { readonly command: HelpfulCommand; readonly title: string };
}

/** ms that a key must have been usable for before the lack of one is news again: else minute limits would toast each minute. */
const calmMs = 5 * 60_000;

/** Tells that no key is usable once an episode, and that the pool has paused once. Nothing else interrupts. */
export function createNotices(
	pool: PoolView,
	words: Words,
	clock: ViewClock,
	show: (notice: Notice) => void,
): Disposable {
	let told: 'nothing' | 'paused' | 'none' = 'nothing';
	/** Since when a key has been usable again. */
	let calmSince: Wall | undefined;

	return keepCurrent(pool, clock, () => {
		const snapshot = pool.snapshot();
		const now = clock.now();
		if (snapshot.paused) {
			if (told !== 'paused') show(pausedNotice(snapshot.paused, words));
			told = 'paused';
			return undefined;
		}
		if (snapshot.total > 0 && snapshot.usable === 0) {
			calmSince = undefined;
			// The end of a pause leaves the same keys unusable: that has just been told.
			if (told === 'nothing') show(noneNotice(snapshot, words, now));
			told = 'none';
			return undefined;
		}
		calmSince ??= now;
		const left = calmSince + calmMs - now;
		if (told === 'paused' || left <= 0) told = 'nothing';
		return told === 'nothing' ? undefined : left;
	});
}

function pausedNotice({ why }: NonNullable<Snapshot['paused']>, words: Words): Notice {
	const { text } = words.sayReason('paused');
	return {
		severity: 'error',
		text: `${text} ${words.sayReason(why).text}`,
		action: { command: 'keypool.resume', title: words.t('Resume') },
	};
}

function noneNotice(snapshot: Snapshot, words: Words, now: Wall): Notice {
	const { text } = words.sayReason('noUsableKey');
	const back = firstBack(snapshot.keys);
	const waiting = needAttention(snapshot).length;
	const { t } = words;
	const more = [
		back === undefined ? undefined : t('The first key is back at {0}.', words.sayTime(back, now)),
		waiting === 0 ? undefined : waiting === 1 ? t('1 key needs attention.') : t('{0} keys need attention.', waiting),
	];
	return {
		severity: 'warning',
		text: [text, ...more].filter((part) => part !== undefined).join(' '),
		action:
			waiting === 0
				? { command: 'keypool.addKey', title: t('Add Key') }
				: { command: 'keypool.keys.focus', title: t('Show Keys') },
	};
}
