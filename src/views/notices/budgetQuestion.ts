import type { BudgetAnswer } from '../../ask';
import {
	clientOf,
	projectOf,
	type BudgetShortage,
	type Dispose,
	type PoolFacts,
	type ProjectId,
	type SpendingScope,
} from '../../pool/pool';
import type { Words } from '../../localization/words';
import type { KeyOperations } from '../commands/keyOperations';
import type { PoolView } from '../shared/poolView';

export interface BudgetQuestionParts {
	readonly view: Pick<PoolView, 'snapshot' | 'onDidChange'>;
	readonly words: Words;
	readonly acts: Pick<KeyOperations, 'raiseBudget' | 'updateProject' | 'failed'>;
	/** Whose budget it is. */
	readonly nameOf: (scope: SpendingScope) => string;
	/** Interrupts a person; resolves to the button that was pressed. */
	readonly show: (text: string, ...buttons: readonly string[]) => Promise<string | undefined>;
	/** The store's clock. */
	readonly now: () => number;
	readonly after: (ms: number, run: () => void) => Dispose;
}

/** ms after the period has begun anew: a request that waits for it is not too late by a moment. */
const graceMs = 60_000;

/** ms. A notice can be hidden without an answer: nothing else says what the request waits for. */
const unansweredMs = 5 * 60_000;

/** Asks a person what to do where a budget does not allow a request: once, however many requests meet the same budget. */
export class BudgetQuestion {
	private readonly open = new Map<string, Promise<BudgetAnswer>>();

	constructor(private readonly parts: BudgetQuestionParts) {}

	async ask(facts: PoolFacts, signal: AbortSignal): Promise<BudgetAnswer> {
		const { shortage } = facts;
		if (!shortage) return { type: 'stop' };
		const name = `${shortage.scope} ${shortage.period}`;
		const asked = this.open.get(name) ?? this.answer(shortage, facts.retryAt);
		this.open.set(name, asked);
		const forget = (): void => void (this.open.get(name) === asked && this.open.delete(name));
		void asked.then(forget);
		const answered = new AbortController();
		const offs: Dispose[] = [];
		const withoutPress = new Promise<BudgetAnswer>((resolve) => {
			const late = (): void => {
				forget();
				resolve({ type: 'stop' });
			};
			const again = (isRaised: boolean): void => {
				// It speaks of a budget that is another one since.
				if (isRaised) forget();
				resolve({ type: 'again' });
			};
			offs.push(this.parts.after(unansweredMs, late), this.whenOther(shortage, again));
		});
		try {
			return await Promise.race([asked, stopped(signal, answered.signal), withoutPress]);
		} finally {
			for (const off of offs) off();
			answered.abort();
		}
	}

	/**
	 * By another hand than this question's, in the settings, a menu or another window, the budget becomes larger or none, or
	 * there are other keys: a free one, or a team's gateway.
	 */
	private whenOther({ scope, period, limit }: BudgetShortage, again: (isRaised: boolean) => void): Dispose {
		const keysNow = (): string =>
			this.parts.view
				.snapshot()
				.keys.flatMap(({ key, project, isBarred }) => (key.enabled && !isBarred ? [`${key.id} ${project.tier}`] : []))
				.join();
		const [limitBefore, keysBefore] = [this.limitNow(scope, period), keysNow()];
		return this.parts.view.onDidChange(() => {
			const now = this.limitNow(scope, period);
			const isRaised = now !== limitBefore && (now ?? Infinity) > limit;
			if (isRaised || keysNow() !== keysBefore) again(isRaised);
		});
	}

	/** What a person chose and could not be done is told at once: by then the request may be over. */
	private async answer(shortage: BudgetShortage, retryAt: number | undefined): Promise<BudgetAnswer> {
		try {
			return await this.show(shortage, retryAt);
		} catch (error) {
			this.parts.acts.failed(error);
			return { type: 'stop' };
		}
	}

	private async show(shortage: BudgetShortage, retryAt: number | undefined): Promise<BudgetAnswer> {
		const { words, nameOf, show } = this.parts;
		const { t, describeMoney } = words;
		const { limit, period, scope } = shortage;
		// As much again; where that is not enough, what this request needs.
		const by = Math.max(limit, shortage.used + shortage.needed - limit);
		const raise =
			period === 'day'
				? t('Raise to {0} Today', describeMoney(limit + by))
				: t('Raise to {0} This Month', describeMoney(limit + by));
		const without = t('Continue Without a Budget');
		const wait = t('Wait');
		const whose = nameOf(scope);
		const text = words.describeReason('budget', { shortage }).text;
		const first = shortage.isDefault
			? t(
					'{0} is now marked as paid. Keypool asks once before it costs more than {1} a day.',
					whose,
					describeMoney(limit),
				)
			: scope.startsWith('project/')
				? `${whose}: ${text}`
				: text;
		const buttons = [
			...(shortage.isDefault ? [without] : []),
			raise,
			...(retryAt === undefined ? [] : [wait]),
			t('Stop'),
		];
		const chosen = await show(first, ...buttons);
		if (chosen === raise) {
			// While it was open, another window may have been asked the same.
			const more = limit + by - (this.limitNow(scope, period) ?? limit);
			if (more > 0) await this.parts.acts.raiseBudget(scope, period, more);
			if (shortage.isDefault) await this.keep(scope);
			return { type: 'again' };
		}
		if (chosen === without) {
			await this.parts.acts.updateProject(projectOf(scope) as ProjectId, { budget: undefined });
			return { type: 'again' };
		}
		if (chosen === wait && retryAt !== undefined)
			return { type: 'wait', ms: Math.max(0, retryAt - this.parts.now()) + graceMs };
		return { type: 'stop' };
	}

	private limitNow(scope: SpendingScope, period: BudgetShortage['period']): number | undefined {
		const { spending, keys, clients } = this.parts.view.snapshot();
		const [project, client] = [projectOf(scope), clientOf(scope)];
		if (project !== undefined) return keys.find((view) => view.project.id === project)?.spending?.[period].limit;
		return client === undefined
			? spending[period].limit
			: clients.find((view) => view.client === client)?.spending[period].limit;
	}

	/** It is a budget that a person knows of from now on. */
	private async keep(scope: SpendingScope): Promise<void> {
		await this.parts.acts.updateProject(projectOf(scope) as ProjectId, ({ budget }) => {
			if (!budget) return {};
			const { isDefault, ...kept } = budget;
			return { budget: kept };
		});
	}
}

/** Resolves once the request is cancelled, and listens no longer once the question is answered: a request may ask more than once. */
function stopped(signal: AbortSignal, answered: AbortSignal): Promise<BudgetAnswer> {
	return new Promise((resolve) => {
		const stop = (): void => resolve({ type: 'stop' });
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true, signal: answered });
	});
}
