import * as v from 'valibot';
import { jsonIn } from '../../common/json';
import type * as Table from '../../common/table';
import type { Source } from '../../gemini/gemini';
import { promptOptions } from '../../generation/schema';
import type { FunctionCall } from '../ask/collectAnswer';
import { formatOf, type BatchFormat, type BatchPrompt } from './batchFile';

/** A line of the file of prompts. */
interface Asked {
	/** Place of the prompt in its file, from 1. */
	readonly index: number;
	readonly prompt: string;
	/** What the file asks for beside the prompt: an answer belongs to all of it. Absent where it asks for nothing. */
	readonly system?: string;
	readonly wantedModel?: string;
	readonly wantedOptions?: BatchPrompt['options'];
}

/** What became of one prompt, as the result file holds it. */
export type BatchRow = Asked &
	(
		| {
				readonly status: 'answered';
				readonly answer: string;
				/** Why the answer is not whole, by the service's word: it was too long, or was stopped for what it said. */
				readonly endedBy?: string;
				/** Functions that the model wants to be called; nobody calls them. */
				readonly functionCalls?: readonly FunctionCall[];
				/** Summaries of what the model thought. */
				readonly thoughts?: string;
				/** What the answer rests on. */
				readonly sources?: readonly Source[];
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
	/** The readable rows, without lines that are damaged or were cut off. */
	readonly read: (text: string) => readonly BatchRow[];
}

const Index = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Tokens = v.exactOptional(v.number());
const askedShape = {
	index: Index,
	prompt: v.string(),
	system: v.exactOptional(v.string()),
	wantedModel: v.exactOptional(v.string()),
	wantedOptions: v.exactOptional(v.omit(promptOptions, ['system'])),
};
const Row: v.GenericSchema<unknown, BatchRow> = v.variant('status', [
	v.object({
		...askedShape,
		status: v.literal('answered'),
		answer: v.string(),
		endedBy: v.exactOptional(v.string()),
		functionCalls: v.exactOptional(v.array(v.object({ name: v.string(), args: v.unknown() }))),
		thoughts: v.exactOptional(v.string()),
		sources: v.exactOptional(v.array(v.object({ title: v.string(), uri: v.string() }))),
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

/** The file of prompts that a path belongs to, which can be that of its results. */
export function sourcePathFor(path: string): string {
	const source = path.replace(/\.results\.(?:csv|jsonl)$/, '');
	const format = formatOf(source);
	return format !== undefined && resultPathFor(source, format) === path ? source : path;
}

export const jsonlResults: ResultFormat = {
	write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
	read: (text) => text.split('\n').flatMap((line) => rowOf(jsonIn(line))),
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
	'wantedOptions',
	'functionCalls',
	'thoughts',
	'sources',
	'endedBy',
] as const;

/** What a cell holds as JSON. */
const asJson: readonly string[] = ['wantedOptions', 'functionCalls', 'sources'];
/** What an empty cell leaves away, beside those. */
const asText: readonly string[] = ['system', 'wantedModel', 'thoughts', 'endedBy'];
const asNumber: readonly string[] = ['inputTokens', 'outputTokens'];

/** The prompts' own columns come last. @param separator of the prompts: a spreadsheet that opens one opens the other */
export function tableResults(
	{ readTable, writeTable }: Pick<typeof Table, 'readTable' | 'writeTable'>,
	separator: Table.Separator = ',',
): ResultFormat {
	return {
		write: (rows, prompts) => {
			const own = ownNames(new Set(prompts.flatMap((prompt) => Object.keys(prompt.columns ?? {}))));
			const cells = rows.map((row) => {
				const told = Object.entries(row).map(([name, value]): [string, string] => [
					name,
					asJson.includes(name) ? JSON.stringify(value) : String(value),
				]);
				const theirs = Object.entries(prompts[row.index - 1]?.columns ?? {}).map(([name, cell]): [string, string] => [
					own.get(name) ?? name,
					cell,
				]);
				return { ...Object.fromEntries(told), ...Object.fromEntries(theirs) };
			});
			return writeTable([...columns, ...own.values()], cells, separator);
		},
		read: (text) =>
			// By its own: a spreadsheet can have saved it, and earlier versions wrote commas.
			readTable(text, text.startsWith('index;') ? ';' : ',').rows.flatMap((row) =>
				rowOf(Object.fromEntries(Object.entries(row).flatMap(cellValue))),
			),
	};
}

/** The names of the person's own columns beside ours: a column `answer` of theirs is not our answer. */
function ownNames(names: ReadonlySet<string>): ReadonlyMap<string, string> {
	const taken = new Set<string>([...columns, ...names]);
	const isOurs = (name: string): boolean => columns.some((column) => column === name);
	return new Map(
		[...names].map((name) => {
			let free = name;
			while (isOurs(name) && taken.has(free)) free = `own.${free}`;
			taken.add(free);
			return [name, free];
		}),
	);
}

/** Drops values that are none of ours: another program may have changed the table. */
function cellValue([name, text]: readonly [string, string]): readonly (readonly [string, unknown])[] {
	if (name === 'index') return [[name, Number(text)]];
	if (text === '' && [...asText, ...asNumber].includes(name)) return [];
	if (asNumber.includes(name)) return [[name, Number(text)]];
	if (!asJson.includes(name)) return [[name, text]];
	const value = jsonIn(text);
	return typeof value === 'object' && value !== null ? [[name, value]] : [];
}

/** What a row says of its prompt. */
export function rowBegins(index: number, { prompt, system, model = '', options }: BatchPrompt): Asked {
	return {
		index,
		prompt,
		// An empty one asks for none, whatever the setting says.
		...(system !== undefined && { system }),
		...(model !== '' && { wantedModel: model }),
		...(options && { wantedOptions: options }),
	};
}

/**
 * Answers of an earlier run, by the line that they belong to now: the same prompt, asked of the same in the same way. A line
 * that was added or taken out moves the others.
 */
export function answeredBefore(
	rows: readonly BatchRow[],
	prompts: readonly BatchPrompt[],
): ReadonlyMap<number, BatchRow> {
	const left = new Map(rows.filter((row) => row.status === 'answered').map((row) => [row.index, row]));
	const found = new Map<number, BatchRow>();
	const asked = prompts.map((prompt, at) => rowBegins(at + 1, prompt));
	const take = (index: number, row: BatchRow): void => {
		left.delete(row.index);
		found.set(index, { ...row, index });
	};
	for (const now of asked) {
		const row = left.get(now.index);
		if (row && sameAs(row) === sameAs(now)) take(now.index, row);
	}
	const moved = new Map<string, BatchRow[]>();
	for (const row of left.values()) moved.set(sameAs(row), [...(moved.get(sameAs(row)) ?? []), row]);
	for (const now of asked) {
		const row = found.has(now.index) ? undefined : moved.get(sameAs(now))?.shift();
		if (row) take(now.index, row);
	}
	return found;
}

/** To compare what was asked. */
function sameAs({ prompt, system, wantedModel, wantedOptions }: Asked): string {
	return JSON.stringify([prompt, system, wantedModel, inOrder(wantedOptions)]);
}

/** To compare: in which order fields were written says nothing. */
function inOrder(options: BatchPrompt['options'] = {}): string {
	return JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rowOf(value: unknown): BatchRow[] {
	const row = v.safeParse(Row, value);
	return row.success ? [row.output] : [];
}
