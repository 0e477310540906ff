import * as vscode from 'vscode';
import type { Disposable } from '../../common/dispose';
import { keepCurrent } from './keepCurrent';
import { menuContextOf } from './menuContext';
import type { PoolView, ViewClock } from './poolView';

/** Told by others once they are true. Where extensions were restarted without their window, they stand as they were before. */
const atFirst = { 'keypool.filtered': false, 'keypool.canUndoRemove': false, 'keypool.keysLocked': false };

/** Keeps VS Code's menus told, from now on. */
export function updateMenus(pool: PoolView, clock: ViewClock): Disposable {
	const told = new Map<string, boolean>();
	return keepCurrent(pool, clock, () => {
		for (const [name, value] of Object.entries<boolean>({ ...atFirst, ...menuContextOf(pool.snapshot()) })) {
			if (told.get(name) === value) continue;
			told.set(name, value);
			void vscode.commands.executeCommand('setContext', name, value);
		}
		return undefined;
	});
}
