import type { Snapshot } from '../pool/pool';
import type { Translate } from '../words';

/** What the status bar shows of the keys, to be seen at a glance. */
export interface Glance {
	readonly text: string;
	/** Only while something is wrong. */
	readonly alarm?: 'warning' | 'error';
}

/** @param simulated the keys are the simulator's. */
export function glance({ paused, keys, usable, total }: Snapshot, t: Translate, simulated: boolean): Glance {
	if (paused) return { text: `$(debug-pause) ${t('paused')}`, alarm: 'error' };
	if (keys.length === 0) return { text: `$(key) ${t('no keys')}` };
	return {
		text: simulated ? `$(beaker) ${t('simulator')} ${usable}/${total}` : `$(key) ${usable}/${total}`,
		...(usable === 0 ? { alarm: 'warning' } : {}),
	};
}
