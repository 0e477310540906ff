import * as vscode from 'vscode';
import type { Disposable } from '../../common/dispose';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock } from './poolView';

/**
 * Tells the walkthrough what a person has done: there are keys, one has answered, paid keys alone are used. A step that
 * waited for the setting itself would be done from the start: VS Code takes a setting that is registered for one that changed.
 */
export function updateWalkthrough(pool: PoolView, clock: ViewClock): Disposable {
	const told = new Map<string, boolean>();
	const tell = (name: string, value: boolean): void => {
		if (told.get(name) === value) return;
		told.set(name, value);
		void vscode.commands.executeCommand('setContext', name, value);
	};
	return keepCurrent(pool, clock, () => {
		const { keys, paidOnly } = pool.snapshot();
		tell('keypool.hasKeys', keys.length > 0);
		tell(
			'keypool.hasAnswered',
			keys.some(({ success }) => success > 0),
		);
		tell('keypool.isPaidOnly', paidOnly);
		return undefined;
	});
}
