import * as v from 'valibot';
import type { BatchFormat, BatchPrompt, ReadTable } from './batchFile';

/** What became of one prompt, as the result file holds it. */
export type BatchRow = {
	/** Place of the prompt in its file, from 1. */
	readonly index: number;
	readonly prompt: string;
} & (
	| {
			readonly status: 'answered';
			readonly answer: string;
			readonly model: string;
			/** Label of the key. */
			readonly key: string;
			readonly inputTokens?: number;
			readonly outputTokens?: number;
	  }
	/** `reason` is the pool's code; `message` the same in words. */
	| { readonly status: 'failed'; readonly reason: string; readonly message: string }
);

export interface ResultFormat {
	readonly write: (rows: readonly BatchRow[], prompts: readonly BatchPrompt[]) => string;
	/** The rows that can be read; a line that cannot, such as one that was cut off, is left out. */
	readonly read: (text: string) => readonly BatchRow[];
}

const Index = v.pipe(v.number(), v.integer(), v.minValue(1));
const Tokens = v.exactOptional(v.number());
const Row: v.GenericSchema<unknown, BatchRow> = v.variant('status', [
	v.object({
		index: Index,
		prompt: v.string(),
		status: v.literal('answered'),
		answer: v.string(),
		model: v.string(),
		key: v.string(),
		inputTokens: Tokens,
		outputTokens: Tokens,
	}),
	v.object({
		index: Index,
		prompt: v.string(),
		status: v.literal('failed'),
		reason: v.string(),
		message: v.string(),
	}),
]);

/** The name of the result file: a table for a table, else one JSON object a line. */
export function resultPathFor(path: string, format: BatchFormat): string {
	return `${path}.results.${format === 'csv' ? 'csv' : 'jsonl'}`;
}

export const jsonlResults: ResultFormat = {
	write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
	read: (text) =>
		text.split('\n').flatMap((line) => {
			try {
				return rowOf(JSON.parse(line));
			} catch {
				return [];
			}
		}),
};

const columns = [
	'index',
	'prompt',
	'status',
	'answer',
	'model',
	'key',
	'inputTokens',
	'outputTokens',
	'reason',
	'message',
] as const;

/** The prompts' own columns come last. */
export function tableResults(
	readTable: ReadTable,
	writeTable: (columns: readonly string[], rows: readonly Readonly<Record<string, string>>[]) => string,
): ResultFormat {
	return {
		write: (rows, prompts) => {
			const own = new Set(prompts.flatMap((prompt) => Object.keys(prompt.columns ?? {})));
			columns.forEach((column) => own.delete(column));
			const cells = rows.map((row) => {
				const told = Object.entries(row).map(([name, value]): [string, string] => [name, String(value)]);
				return { ...prompts[row.index - 1]?.columns, ...Object.fromEntries(told) };
			});
			return writeTable([...columns, ...own], cells);
		},
		read: (text) =>
			readTable(text).rows.flatMap(({ index, inputTokens, outputTokens, ...row }) =>
				rowOf({
					...row,
					index: Number(index),
					...(inputTokens !== undefined && inputTokens !== '' && { inputTokens: Number(inputTokens) }),
					...(outputTokens !== undefined && outputTokens !== '' && { outputTokens: Number(outputTokens) }),
				}),
			),
	};
}

/** Answers of an earlier run that still belong to their prompt, by index. */
export function answeredBefore(
	rows: readonly BatchRow[],
	prompts: readonly BatchPrompt[],
): ReadonlyMap<number, BatchRow> {
	return new Map(
		rows
			.filter(({ status, index, prompt }) => status === 'answered' && prompts[index - 1]?.prompt === prompt)
			.map((row) => [row.index, row]),
	);
}

function rowOf(value: unknown): BatchRow[] {
	const row = v.safeParse(Row, value);
	return row.success ? [row.output] : [];
}
