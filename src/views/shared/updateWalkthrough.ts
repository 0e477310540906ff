import { contextKeys } from '../../common/commands';
import type { Disposable } from '../../common/dispose';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock } from './poolView';

/**
 * Marks the steps of the walkthrough that are done: there are keys, one has answered, only paid keys are used. A step that waits
 * for the setting itself would be done from the start, because VS Code takes a setting that is registered for one that changed.
 */
export function updateWalkthrough(pool: PoolView, clock: ViewClock): Disposable {
	const setContext = contextKeys();
	return keepCurrent(pool, clock, () => {
		const { keys, paidOnly } = pool.snapshot();
		setContext('keypool.hasKeys', keys.length > 0);
		setContext(
			'keypool.hasAnswered',
			keys.some(({ success }) => success > 0),
		);
		setContext('keypool.isPaidOnly', paidOnly);
		return undefined;
	});
}
