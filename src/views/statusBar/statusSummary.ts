import type { Snapshot } from '../../pool/pool';
import type { Translate } from '../../localization/words';
import type { WhichKeys } from '../shared/poolView';

/** What the status bar shows of the keys, to be seen at a glance. */
export interface StatusSummary {
	/** One of VS Code's icons by its name. */
	readonly icon: string;
	readonly text: string;
	/** Only while something is wrong. */
	readonly alarm?: 'warning' | 'error';
}

export function statusSummary(
	{ paused, keys, usable, total }: Snapshot,
	t: Translate,
	which: WhichKeys,
): StatusSummary {
	if (paused) return { icon: 'debug-pause', text: t('paused'), alarm: 'error' };
	if (keys.length === 0 && which === 'locked') return { icon: 'lock', text: t('keys locked'), alarm: 'warning' };
	if (keys.length === 0) return { icon: 'key', text: which === 'reading' ? '…' : t('no keys') };
	return {
		...(which === 'simulated'
			? { icon: 'beaker', text: `${t('simulator')} ${usable}/${total}` }
			: { icon: 'key', text: `${usable}/${total}` }),
		...(usable === 0 ? { alarm: 'warning' } : {}),
	};
}
