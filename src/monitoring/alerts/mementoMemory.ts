import type { AlertMemory } from './memory';

/** The part of VS Code's Memento that alerts need. */
export interface AlertMemento {
	get(name: string): unknown;
	update(name: string, value: unknown): PromiseLike<void>;
}

const told = 'alerts.told';

/** Keeps what was told in the editor. Where that refuses, nothing is remembered: an alert may come twice, and none is lost. */
export function mementoMemory(memento: AlertMemento, report: (error: unknown) => void): AlertMemory {
	return {
		read: () => {
			try {
				return memento.get(told);
			} catch (error) {
				report(error);
				return undefined;
			}
		},
		write: (value) => {
			try {
				memento.update(told, value).then(undefined, report);
			} catch (error) {
				report(error);
			}
		},
	};
}
