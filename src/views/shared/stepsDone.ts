import * as vscode from 'vscode';
import type { Disposable } from '../../common/dispose';
import { keepCurrent } from './keepCurrent';
import type { PoolView, ViewClock } from './poolView';

/** Tells the walkthrough what a person has done: there are keys, and one has answered. */
export function updateWalkthrough(pool: PoolView, clock: ViewClock): Disposable {
	const told = new Map<string, boolean>();
	const tell = (name: string, value: boolean): void => {
		if (told.get(name) === value) return;
		told.set(name, value);
		void vscode.commands.executeCommand('setContext', name, value);
	};
	return keepCurrent(pool, clock, () => {
		const { keys } = pool.snapshot();
		tell('keypool.hasKeys', keys.length > 0);
		tell(
			'keypool.hasAnswered',
			keys.some(({ success }) => success > 0),
		);
		return undefined;
	});
}
