import { PoolError, type PoolStream } from '../types/streamPart';
import type { Reason } from '../types/failure';

/** The result of one item of a batch; `index` is its position in the input. */
export type BatchResult<R> =
	| { readonly index: number; readonly state: 'answered'; readonly result: R }
	| { readonly index: number; readonly state: 'failed'; readonly error: PoolError }
	/** Not started or not finished; can be resumed. `retryAt` in ms since 1970, if quota ran out. */
	| { readonly index: number; readonly state: 'kept'; readonly retryAt?: number };

export interface BatchOptions {
	/** Concurrent calls, 1 to 32; read again before each item. */
	readonly concurrency: () => number;
	readonly signal: AbortSignal;
}

/** Answers one item. */
export type AnswerItem<T, R> = (item: T, index: number, signal: AbortSignal) => Promise<R>;

const maxConcurrency = 32;

/**
 * Runs prompts concurrently and yields their results in order, each as soon as all before it are known. A failed prompt does
 * not stop the others. After a cancel, or when quota is gone for longer than a batch may wait, the remaining items are kept.
 */
export async function* runBatch<T, R>(
	items: readonly T[],
	answer: AnswerItem<T, R>,
	{ concurrency: width, signal }: BatchOptions,
): AsyncGenerator<BatchResult<R>, void, undefined> {
	const results = new Map<number, BatchResult<R>>();
	const running = new Set<Promise<void>>();
	const over = new AbortController();
	const all = AbortSignal.any([signal, over.signal]);
	const left = items.entries();
	let kept: Extract<BatchResult<R>, { state: 'kept' }> | undefined;
	const begin = (): void => {
		const wide = Math.min(maxConcurrency, Math.max(1, Math.floor(width()) || 1));
		while (running.size < wide && !all.aborted && !kept) {
			const next = left.next();
			if (next.done) break;
			const [index, item] = next.value;
			// A separate signal for each item: Node warns about dozens of listeners on one.
			const work = one(answer, item, index, AbortSignal.any([all])).then((result) => {
				results.set(index, result);
				if (result.state === 'kept' && !all.aborted) kept = result;
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
		if (!isPoolReason(error)) return { index, state: 'failed', error };
		const { retryAt } = error.facts;
		return { index, state: 'kept', ...(retryAt === undefined ? {} : { retryAt }) };
	}
}

/** Whether the error is about the pool rather than the prompt. If the tries are used up, the last attempt decides. */
function isPoolReason({ reason, attempts, facts }: PoolError): boolean {
	// It would have waited too long for the model; without that time it was sent as often as it may.
	if (reason === 'overloaded' && facts.retryAt !== undefined) return true;
	// It is more than a whole day has: others may fit.
	if (reason === 'cap' && facts.limit !== undefined) return false;
	if (reason !== 'tooManyTries') return poolReasons.has(reason) || quotaReasons.has(reason);
	const last = attempts.at(-1)?.outcome;
	return last !== undefined && last !== 'answered' && (poolReasons.has(last) || quotaReasons.has(last));
}

const quotaReasons: ReadonlySet<Reason> = new Set<Reason>(['rpm', 'tpm', 'rpd', 'tpd', 'capacity', 'unreadable']);

/** Reasons about the pool, not the prompt: the next prompt would fail for them, too. */
const poolReasons: ReadonlySet<Reason> = new Set<Reason>([
	'waitedTooLong',
	'cap',
	'budget',
	'clientHeld',
	'gatewayBudget',
	'gatewayRefused',
	'tierLacksModel',
	'modelDenied',
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

/** Reads a stream to its end and returns the output that was not retracted. */
export async function collect<C>(stream: PoolStream<C>): Promise<readonly C[]> {
	let pieces: C[] = [];
	for await (const part of stream) {
		if (part.type === 'retract') pieces = [];
		if (part.type === 'output') pieces.push(part.value);
	}
	return pieces;
}
