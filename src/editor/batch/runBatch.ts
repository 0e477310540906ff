import { PoolError, type Reason } from '../../pool/pool';

/** The result of one item of a batch; `index` is its position in the input. */
export type BatchResult<R> =
	| { readonly index: number; readonly state: 'answered'; readonly result: R }
	| { readonly index: number; readonly state: 'failed'; readonly error: PoolError }
	/** Not started or not finished; can be resumed. `error`: why, unless it was stopped; `isOfModel` where others may be asked. */
	| { readonly index: number; readonly state: 'kept'; readonly error?: PoolError; readonly isOfModel?: boolean };

export interface BatchOptions<T> {
	/** Concurrent calls, 1 to 32; read again before each item. */
	readonly concurrency: () => number;
	readonly signal: AbortSignal;
	/** The model that an item asks: where it rests, others may answer theirs. Default: all ask the same. */
	readonly modelOf?: (item: T) => string | undefined;
}

/** Answers one item. */
export type AnswerItem<T, R> = (item: T, index: number, signal: AbortSignal) => Promise<R>;

const maxConcurrency = 32;

/**
 * Runs prompts concurrently and yields their results in order, each as soon as all before it are known. A failed prompt does
 * not stop the others. After a cancel, or when no model can be asked, the remaining items are kept; when one model's quota is
 * gone for longer than a batch may wait, those that ask it.
 */
export async function* runBatch<T, R>(
	items: readonly T[],
	answer: AnswerItem<T, R>,
	{ concurrency: width, signal, modelOf = () => undefined }: BatchOptions<T>,
): AsyncGenerator<BatchResult<R>, void, undefined> {
	const results = new Map<number, BatchResult<R>>();
	const running = new Set<Promise<void>>();
	const over = new AbortController();
	const all = AbortSignal.any([signal, over.signal]);
	const left = items.entries();
	let kept: Kept | undefined;
	const resting = new Map<string | undefined, Kept>();
	const begin = (): void => {
		const wide = Math.min(maxConcurrency, Math.max(1, Math.floor(width()) || 1));
		while (running.size < wide && !all.aborted && !kept) {
			const next = left.next();
			if (next.done) break;
			const [index, item] = next.value;
			const model = modelOf(item);
			const rests = resting.get(model);
			if (rests) {
				results.set(index, { ...rests, index });
				continue;
			}
			// A separate signal for each item: Node warns about dozens of listeners on one.
			const work = one(answer, item, index, AbortSignal.any([all])).then((result) => {
				results.set(index, result);
				if (result.state === 'kept' && result.isOfModel) resting.set(model, result);
				else if (result.state === 'kept' && !all.aborted) kept = result;
				running.delete(work);
			});
			running.add(work);
		}
	};
	try {
		for (let index = 0; index < items.length; index++) {
			begin();
			while (!results.has(index) && running.size > 0) {
				await Promise.race(running);
				begin();
			}
			yield results.get(index) ?? { ...kept, index, state: 'kept' };
			results.delete(index);
		}
	} finally {
		over.abort(new Error('The batch has ended.'));
	}
}

export type Kept = Extract<BatchResult<unknown>, { state: 'kept' }>;

async function one<T, R>(
	answer: AnswerItem<T, R>,
	item: T,
	index: number,
	signal: AbortSignal,
): Promise<BatchResult<R>> {
	try {
		return { index, state: 'answered', result: await answer(item, index, signal) };
	} catch (error) {
		if (signal.aborted) return { index, state: 'kept' };
		if (!(error instanceof PoolError)) {
			return { index, state: 'failed', error: new PoolError('unexpected', []) };
		}
		const reason = reasonOf(error);
		if (!modelReasons.has(reason) && !poolReasons.has(reason)) return { index, state: 'failed', error };
		return { index, state: 'kept', error, isOfModel: modelReasons.has(reason) };
	}
}

/** What decides whether others may be asked. If the tries are used up, that is how the last one ended. */
function reasonOf({ reason, attempts, facts }: PoolError): Reason | 'ofPrompt' {
	// Without a time, its tries were used up; with one, it would have waited too long for the model.
	if (reason === 'overloaded') return facts.retryAt === undefined ? 'ofPrompt' : 'waitedTooLong';
	// The prompt needs more than a whole day has; others may fit.
	if ((reason === 'cap' || reason === 'tpd') && facts.limit) return 'ofPrompt';
	const last = reason === 'tooManyTries' ? attempts.at(-1)?.outcome : reason;
	return last === undefined || last === 'answered' ? 'ofPrompt' : last;
}

/** Reasons about the model: the next prompt for it would fail for them, too. */
const modelReasons: ReadonlySet<string> = new Set<Reason>([
	'rpm',
	'tpm',
	'rpd',
	'tpd',
	'capacity',
	'waitedTooLong',
	'tierLacksModel',
	'modelDenied',
]);

/** Reasons about the pool: the next prompt would fail for them, whatever it asks. */
const poolReasons: ReadonlySet<string> = new Set<Reason>([
	'unreadable',
	'cap',
	'budget',
	'clientHeld',
	'gatewayBudget',
	'gatewayRefused',
	'paused',
	'noUsableKey',
	'noKeys',
	'paidOnly',
	'keysLocked',
	'hostRefused',
	'redirected',
	// After all tries on all keys: the machine is offline.
	'network',
	'unreachable',
	'throttled',
	'proxy',
	'region',
	'storeUnavailable',
	'cancelled',
	// A prompt fails for one of these only if every key is quarantined.
	'badKey',
	'blocked',
	'serviceDisabled',
	'billing',
	'suspended',
	'leaked',
	'denied',
]);
