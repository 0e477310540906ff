import type { Ask } from '../../ask';
import { runBatch, type KeyId, type PoolError } from '../../pool/pool';
import { gather, type Gathering } from '../gather';
import type { BatchPrompt } from './batchFile';
import type { BatchRow } from './resultFile';

export interface BatchParts {
	readonly ask: Ask;
	readonly labelOf: (key: KeyId) => string;
	/** A failure in words. */
	readonly say: (error: PoolError) => string;
	/** Calls at the same time; read anew before each. */
	readonly width: () => number;
	/** Keeps what is known so far, in order; waited for before the next one. */
	readonly save: (rows: readonly BatchRow[]) => Promise<void>;
	readonly tell: (progress: BatchProgress) => void;
}

export interface BatchProgress {
	/** Prompts that have an answer or have failed, and all of them. */
	readonly over: number;
	readonly all: number;
	/** What one of the running prompts waits for, if they all wait. */
	readonly wait?: Extract<Gathering, { is: 'waiting' }>;
}

/** How a run ended. */
export interface BatchEnd {
	readonly answered: number;
	readonly failed: number;
	/** Prompts that were not asked, or were stopped. */
	readonly kept: number;
	/** ms since 1970: when a key is back, where quotas ended the run. */
	readonly retryAt?: number;
}

/** Share of new rows that makes a save worth its cost, which grows with all rows. */
const saveShare = 0.02;

/** Asks every prompt that `before` has no answer for, and saves as it goes. One bad prompt does not stop the others. */
export async function answerBatch(
	prompts: readonly BatchPrompt[],
	before: ReadonlyMap<number, BatchRow>,
	{ ask, labelOf, say, width, save, tell }: BatchParts,
	signal: AbortSignal,
): Promise<BatchEnd> {
	const rows = new Map(before);
	const left = prompts.map((prompt, at) => ({ ...prompt, index: at + 1 })).filter(({ index }) => !rows.has(index));
	const running = new Map<number, Gathering>();
	const report = (): void => {
		const steps = [...running.values()];
		const [wait] = steps.every((step) => step.is === 'waiting') ? steps : [];
		tell({ over: rows.size, all: prompts.length, ...(wait?.is === 'waiting' && { wait }) });
	};
	const answer = async ({ prompt, system, model, index }: (typeof left)[number], stop: AbortSignal) => {
		const turns = [{ role: 'user', content: [{ type: 'text', text: prompt }] }] as const;
		const request = { turns, ...(system !== undefined && { options: { system } }) };
		const options = { origin: 'batch', priority: 'batch', ...(model !== undefined && { model }) } as const;
		try {
			return await gather(ask(request, options, stop), labelOf, (step) => {
				running.set(index, step);
				report();
			});
		} finally {
			running.delete(index);
		}
	};

	let saved = rows.size;
	let retryAt: number | undefined;
	report();
	for await (const result of runBatch(left, (item, _, stop) => answer(item, stop), { width, signal })) {
		const item = left[result.index];
		if (item === undefined) continue;
		if (result.is === 'kept') {
			retryAt ??= result.retryAt;
			continue;
		}
		rows.set(
			item.index,
			result.is === 'answered' ? answeredRow(item, result.result) : failedRow(item, result.error, say),
		);
		report();
		if (rows.size - saved > rows.size * saveShare) {
			await save(inOrder(rows));
			saved = rows.size;
		}
	}
	if (saved < rows.size) await save(inOrder(rows));
	const failed = [...rows.values()].filter(({ status }) => status === 'failed').length;
	return {
		answered: rows.size - failed,
		failed,
		kept: prompts.length - rows.size,
		...(retryAt !== undefined && { retryAt }),
	};
}

function inOrder(rows: ReadonlyMap<number, BatchRow>): readonly BatchRow[] {
	return [...rows.values()].sort((a, b) => a.index - b.index);
}

function answeredRow(
	{ index, prompt }: { readonly index: number; readonly prompt: string },
	{ text, model, key, usage }: Awaited<ReturnType<typeof gather>>,
): BatchRow {
	return {
		index,
		prompt,
		status: 'answered',
		answer: text,
		model,
		key,
		...(usage && { inputTokens: usage.input, outputTokens: usage.output }),
	};
}

function failedRow(
	{ index, prompt }: { readonly index: number; readonly prompt: string },
	error: PoolError,
	say: (error: PoolError) => string,
): BatchRow {
	return { index, prompt, status: 'failed', reason: error.reason, message: say(error) };
}
