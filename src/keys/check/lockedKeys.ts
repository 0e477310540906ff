import { commands } from 'vscode';
import { FirstRead, type FirstReadParts } from './firstRead';

/** The first reading of the keys, with what a person sees of it where the store refuses. */
export function firstRead(parts: Omit<FirstReadParts, 'refused'>): FirstRead {
	const first = new FirstRead({
		...parts,
		refused: async () => (await import('./words')).sayLocked(),
		turned: () => {
			void commands.executeCommand('setContext', 'keypool.keysLocked', first.isLocked);
			parts.turned();
		},
	});
	return first;
}
