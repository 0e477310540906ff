import type { DashboardAct, DashboardData, DashboardStrings } from '../dashboardProtocol';
import type { Numbers } from '../shared/format';
import type { Choice } from './choice';
import type { Times } from './times';

/** What every part of the page is drawn from. */
export interface Context {
	readonly strings: DashboardStrings;
	readonly numbers: Numbers;
	readonly times: Times;
	readonly data: DashboardData;
	readonly choice: Choice;
	/** When the numbers came, in ms since 1970 by the document's clock, and ms since then. */
	readonly arrivedAt: number;
	readonly age: number;
	readonly actions: Actions;
}

/** What a person can do on the page. */
export interface Actions {
	readonly choose: (choice: Partial<Choice>) => void;
	readonly export: () => void;
	readonly run: (act: DashboardAct) => void;
	readonly toggleRequest: (id: string) => void;
	readonly isOpen: (request: string) => boolean;
}
