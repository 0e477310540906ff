import { contextKeys } from '../../common/commands';
import type { Disposable } from '../../common/dispose';
import { keepCurrent } from './keepCurrent';
import { menuContextOf } from './menuContext';
import type { PoolView, ViewClock } from './poolView';

/** Others set these once they are true. After a restart of the extensions alone, VS Code still has the values of before. */
const atFirst = { 'keypool.filtered': false, 'keypool.canUndoRemove': false, 'keypool.keysLocked': false };

/** Keeps the context keys of menus up to date, from now on. */
export function updateMenus(pool: PoolView, clock: ViewClock): Disposable {
	const setContext = contextKeys();
	return keepCurrent(pool, clock, () => {
		for (const [name, value] of Object.entries<boolean>({ ...atFirst, ...menuContextOf(pool.snapshot()) })) {
			setContext(name, value);
		}
		return undefined;
	});
}
