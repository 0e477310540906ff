import type { Snapshot } from '../pool/pool';
import type { Translate } from '../words';
import type { WhichKeys } from './poolView';

/** What the status bar shows of the keys, to be seen at a glance. */
export interface Glance {
	readonly text: string;
	/** Only while something is wrong. */
	readonly alarm?: 'warning' | 'error';
}

export function glance({ paused, keys, usable, total }: Snapshot, t: Translate, which: WhichKeys): Glance {
	if (paused) return { text: `$(debug-pause) ${t('paused')}`, alarm: 'error' };
	if (keys.length === 0 && which === 'locked') return { text: `$(lock) ${t('keys locked')}`, alarm: 'warning' };
	if (keys.length === 0) return { text: `$(key) ${t('no keys')}` };
	return {
		text: which === 'simulated' ? `$(beaker) ${t('simulator')} ${usable}/${total}` : `$(key) ${usable}/${total}`,
		...(usable === 0 ? { alarm: 'warning' } : {}),
	};
}
