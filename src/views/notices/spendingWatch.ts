import { commands } from 'vscode';
import type { Disposable } from '../../common/dispose';
import type { OverBudget } from '../../ask';
import type { Pool } from '../../pool/pool';
import { causeInWords, clientInWords } from '../../localization/clientInWords';
import type { Words } from '../../localization/words';
import { showError, showWarning } from '../../ui/messages';
import { scopeInWords } from '../commands/editBudget';
import type { KeyOperations } from '../commands/keyOperations';
import type { PoolView, ViewClock } from '../shared/poolView';
import { BudgetQuestion } from './budgetQuestion';
import { createSpendingNotices } from './spendingNotices';

export interface SpendingWatchParts {
	readonly pool: Pick<Pool, 'onEvent'>;
	readonly view: PoolView;
	readonly words: Words;
	readonly acts: KeyOperations;
	readonly clock: ViewClock;
}

/** Where people are asked and told about money, from now on. */
export function startSpendingWatch(parts: SpendingWatchParts): Disposable & { readonly ask: OverBudget } {
	const { view, words, acts, clock } = parts;
	const failed = (error: unknown): void => acts.failed(error);
	const question = new BudgetQuestion({
		// A warning with buttons goes out of sight after twelve seconds, an error stays: the request waits for it.
		...{ view, words, acts, show: showError, now: () => clock.now() },
		after: (...of) => clock.after(...of),
		nameOf: (scope) => scopeInWords(scope, view.snapshot(), words),
	});
	const notices = createSpendingNotices({
		...parts,
		held: (client, { cause }) => void tellClientHeld(client, causeInWords(cause, words.t), words).catch(failed),
		stopped: (client) => void tellProgramStopped(client, words).catch(failed),
	});
	return { ask: (facts, signal) => question.ask(facts, signal), dispose: () => notices.dispose() };
}

/** A program that a budget stopped cannot be asked: a person is told, with the way to let it go on. */
async function tellProgramStopped(client: string, words: Words): Promise<void> {
	const { t } = words;
	const raise = t('Raise Budget…');
	const text = t(
		'A budget does not allow the requests of {0}. They fail until the budget starts again, or until you raise it.',
		clientInWords(client, t),
	);
	if ((await showWarning(text, raise)) === raise) await commands.executeCommand('keypool.raiseBudget');
}

/** A client is held: a notice offers to look at what it does, and to let it continue. */
async function tellClientHeld(client: string, cause: string, words: Words): Promise<void> {
	const { t } = words;
	const dashboard = t('Open Dashboard');
	const release = t('Let It Continue');
	const text = t(
		'{0} was stopped: it {1}. Its requests fail until you let it continue.',
		clientInWords(client, t),
		cause,
	);
	const chosen = await showWarning(text, dashboard, release);
	if (chosen === dashboard) await commands.executeCommand('keypool.openDashboard');
	if (chosen === release) await commands.executeCommand('keypool.releaseClient', client);
}
