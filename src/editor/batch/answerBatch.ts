import type { Ask } from '../../ask';
import { modelNameIn } from '../../gemini/request/address';
import type { Clock, Dispose, KeyId, PoolError } from '../../pool/pool';
import { runBatch, type Kept } from './runBatch';
import { collectAnswer, type CollectProgress } from '../ask/collectAnswer';
import type { BatchPrompt } from './batchFile';
import { rowBegins, type BatchRow } from './resultFile';

export interface BatchParts {
	readonly ask: Ask;
	readonly labelOf: (key: KeyId) => string;
	/** A failure in words. */
	readonly say: (error: PoolError) => string;
	/** The same with what helps, and until when. */
	readonly explain: (error: PoolError) => string;
	/** Calls at the same time; read anew before each. */
	readonly width: () => number;
	/** Keeps what is known so far, in order; waited for before the next one. */
	readonly save: (rows: readonly BatchRow[]) => Promise<void>;
	readonly tell: (progress: BatchProgress) => void;
	readonly clock: Pick<Clock, 'after'>;
}

export interface BatchProgress {
	/** Prompts that have an answer or have failed, and all of them. */
	readonly over: number;
	readonly all: number;
	/** What one of the running prompts waits for, if they all wait. */
	readonly wait?: Extract<CollectProgress, { state: 'waiting' }>;
}

/** How a run ended. */
export interface BatchEnd {
	readonly answered: number;
	readonly failed: number;
	/** Answers that are not whole; absent where there are none. */
	readonly cutOff?: number;
	/** Prompts that were not asked, or were stopped. */
	readonly kept: number;
	/** ms since 1970: when what ended the run is over, where that is known. */
	readonly retryAt?: number;
	/** The same in words, with what helps; absent where all were asked, or the person stopped it. */
	readonly stoppedBy?: string;
}

/** Share of new rows that makes a save worth its cost, which grows with all rows. */
const saveShare = 0.02;

/** ms after which fewer are saved as well: a window that closes has nothing to write with, and they would be asked twice. */
const saveEveryMs = 10_000;

/** Asks every prompt that `before` has no answer for, and saves as it goes. One bad prompt does not stop the others. */
export async function answerBatch(
	prompts: readonly BatchPrompt[],
	before: ReadonlyMap<number, BatchRow>,
	{ ask, labelOf, say, explain, width, save, tell, clock }: BatchParts,
	signal: AbortSignal,
): Promise<BatchEnd> {
	const rows = new Map(before);
	const left = prompts.map((prompt, at) => ({ ...prompt, index: at + 1 })).filter(({ index }) => !rows.has(index));
	const running = new Map<number, CollectProgress>();
	const report = (): void => {
		const steps = [...running.values()];
		const [wait] = steps.every((step) => step.state === 'waiting') ? steps : [];
		tell({ over: rows.size, all: prompts.length, ...(wait?.state === 'waiting' && { wait }) });
	};
	const keeper = new Keeper(rows.size, save, clock);
	const all = AbortSignal.any([signal, keeper.broken]);
	const keep = (row: BatchRow): Promise<void> => {
		rows.set(row.index, row);
		report();
		return keeper.keep(rows);
	};
	const answer = async (item: Item, _: number, stop: AbortSignal): Promise<void> => {
		const { prompt, system, options: others, index } = item;
		const model = modelOf(item);
		const turns = [{ role: 'user', content: [{ type: 'text', text: prompt }] }] as const;
		const request = { turns, options: { ...others, ...(system !== undefined && { system }) } };
		const options = { origin: 'batch', priority: 'batch', ...(model !== undefined && { model }) } as const;
		try {
			const gathered = await collectAnswer(ask(request, options, stop), labelOf, (step) => {
				running.set(index, step);
				report();
			});
			// At once, not in its turn: what waits for a slower one before it would be lost with the window, and asked twice.
			await keep(answeredRow(item, gathered));
		} finally {
			running.delete(index);
		}
	};

	let ending: Kept | undefined;
	report();
	for await (const result of runBatch(left, answer, { concurrency: width, signal: all, modelOf })) {
		const item = left[result.index];
		if (item !== undefined && result.state === 'failed') await keep(failedRow(item, result.error, say));
		if (result.state === 'kept' && result.error && (!ending || rankOf(result) < rankOf(ending))) ending = result;
	}
	await keeper.finish(rows);
	const cutOff = [...rows.values()].filter((row) => row.status === 'answered' && row.endedBy !== undefined).length;
	const failed = [...rows.values()].filter(({ status }) => status === 'failed').length;
	const retryAt = ending?.error?.facts.retryAt;
	return {
		answered: rows.size - failed,
		failed,
		...(cutOff > 0 && { cutOff }),
		kept: prompts.length - rows.size,
		...(retryAt !== undefined && { retryAt }),
		...(ending?.error && { stoppedBy: explain(ending.error) }),
	};
}

type Item = BatchPrompt & { readonly index: number };

/** The least tells why the run ended: what ends all, else what is over first of what ends one model's. */
function rankOf({ error, isOfModel }: Kept): number {
	return isOfModel ? (error?.facts.retryAt ?? Infinity) : -Infinity;
}

/** Undefined: the setting's. */
function modelOf({ model = '' }: Item): string | undefined {
	return modelNameIn(model);
}

/** Saves one after the other, and not each time. */
class Keeper {
	private last: Promise<void> = Promise.resolve();
	private failure: { readonly error: unknown } | undefined;
	private readonly abort = new AbortController();
	private timer: Dispose | undefined;

	/** @param saved how many rows the file holds */
	constructor(
		private saved: number,
		private readonly save: BatchParts['save'],
		private readonly clock: BatchParts['clock'],
	) {}

	/** Aborts when nothing can be kept any more: answers would be paid for and lost. */
	get broken(): AbortSignal {
		return this.abort.signal;
	}

	/** Resolves when the rows are kept, or are too few to be worth it yet: then they are kept in a while. */
	keep(rows: ReadonlyMap<number, BatchRow>): Promise<void> {
		this.timer ??= this.clock.after(saveEveryMs, () => {
			this.timer = undefined;
			void this.next(() => rows.size > this.saved, rows);
		});
		return this.next(() => rows.size - this.saved > rows.size * saveShare, rows);
	}

	/** @throws what a save threw */
	async finish(rows: ReadonlyMap<number, BatchRow>): Promise<void> {
		this.timer?.();
		await this.next(() => rows.size > this.saved, rows);
		if (this.failure) throw this.failure.error;
	}

	private next(worthwhile: () => boolean, rows: ReadonlyMap<number, BatchRow>): Promise<void> {
		this.last = this.last.then(async () => {
			if (this.failure || !worthwhile()) return;
			const count = rows.size;
			try {
				await this.save(inOrder(rows));
				this.saved = count;
			} catch (error) {
				this.failure = { error };
				this.abort.abort();
			}
		});
		return this.last;
	}
}

function inOrder(rows: ReadonlyMap<number, BatchRow>): readonly BatchRow[] {
	return [...rows.values()].sort((a, b) => a.index - b.index);
}

function answeredRow(
	item: Item,
	{ markdown, endedBy, thoughts, calls, grounding, model, key, usage }: Awaited<ReturnType<typeof collectAnswer>>,
): BatchRow {
	return {
		...rowBegins(item.index, item),
		status: 'answered',
		answer: markdown,
		...(endedBy !== undefined && { endedBy }),
		...(calls.length > 0 && { functionCalls: calls }),
		...(thoughts !== '' && { thoughts }),
		...(grounding && { sources: grounding.sources }),
		model,
		key,
		...(usage && { inputTokens: usage.input, outputTokens: usage.output + usage.thoughts }),
	};
}

function failedRow(item: Item, error: PoolError, say: (error: PoolError) => string): BatchRow {
	return { ...rowBegins(item.index, item), status: 'failed', reason: error.reason, message: say(error) };
}
