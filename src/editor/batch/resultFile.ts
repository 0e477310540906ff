import * as v from 'valibot';
import type { BatchFormat, BatchPrompt, ReadTable } from './batchFile';

/** A line of the file of prompts. */
interface Asked {
	/** Place of the prompt in its file, from 1. */
	readonly index: number;
	readonly prompt: string;
	/** What the file asks for beside the prompt: an answer belongs to all of it. Absent where it asks for nothing. */
	readonly system?: string;
	readonly wantedModel?: string;
}

/** What became of one prompt, as the result file holds it. */
export type BatchRow = Asked &
	(
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
const askedShape = {
	index: Index,
	prompt: v.string(),
	system: v.exactOptional(v.string()),
	wantedModel: v.exactOptional(v.string()),
};
const Row: v.GenericSchema<unknown, BatchRow> = v.variant('status', [
	v.object({
		...askedShape,
		status: v.literal('answered'),
		answer: v.string(),
		model: v.string(),
		key: v.string(),
		inputTokens: Tokens,
		outputTokens: Tokens,
	}),
	v.object({
		...askedShape,
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
	'system',
	'wantedModel',
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
			readTable(text).rows.flatMap(
				({ index, inputTokens = '', outputTokens = '', system = '', wantedModel = '', ...row }) =>
					rowOf({
						...row,
						index: Number(index),
						...(inputTokens !== '' && { inputTokens: Number(inputTokens) }),
						...(outputTokens !== '' && { outputTokens: Number(outputTokens) }),
						...(system !== '' && { system }),
						...(wantedModel !== '' && { wantedModel }),
					}),
			),
	};
}

/** What a row says of its prompt. */
export function rowBegins(index: number, { prompt, system = '', model = '' }: BatchPrompt): Asked {
	return { index, prompt, ...(system !== '' && { system }), ...(model !== '' && { wantedModel: model }) };
}

/** Answers of an earlier run that still belong to their line, by index: the same prompt, asked of the same in the same way. */
export function answeredBefore(
	rows: readonly BatchRow[],
	prompts: readonly BatchPrompt[],
): ReadonlyMap<number, BatchRow> {
	const stillAsked = ({ index, prompt, system, wantedModel }: BatchRow): boolean => {
		const now = prompts[index - 1];
		const asked = now && rowBegins(index, now);
		return asked?.prompt === prompt && asked.system === system && asked.wantedModel === wantedModel;
	};
	return new Map(rows.filter((row) => row.status === 'answered' && stillAsked(row)).map((row) => [row.index, row]));
}

function rowOf(value: unknown): BatchRow[] {
	const row = v.safeParse(Row, value);
	return row.success ? [row.output] : [];
}
