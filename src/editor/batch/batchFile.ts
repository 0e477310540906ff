import { modelNameIn } from '../../gemini/request/address';
import { jsonIn } from '../../common/json';
import type { TableFlaw } from '../../common/table';
import type { PromptOptions } from '../../generation/options';
import { maxBytes } from '../exclusion/contentExclusion';
import { optionsIn, optionColumns, optionsInCells } from './lineOptions';

/** How prompts are written down: one a line; one JSON object a line; a table with a header. */
export type BatchFormat = 'txt' | 'jsonl' | 'csv';

export interface BatchPrompt {
	readonly prompt: string;
	/** The system instruction. */
	readonly system?: string;
	/** Absent: the setting's. */
	readonly model?: string;
	/** The other options of the answer. */
	readonly options?: Omit<PromptOptions, 'system'>;
	/** The other columns of a table; they come back beside the answer. */
	readonly columns?: Readonly<Record<string, string>>;
}

export type ParsedBatch =
	| { readonly state: 'prompts'; readonly prompts: readonly BatchPrompt[] }
	/** `line` from 1; of a table the row, as a spreadsheet counts it. */
	| { readonly state: 'bad'; readonly line: number; readonly reason: 'notJson' | 'noPrompt' | 'tooLong' | 'badModel' }
	| ({ readonly state: 'bad' } & TableFlaw)
	/** There is no such field, or its value is invalid. */
	| {
			readonly state: 'bad';
			readonly line: number;
			readonly reason: 'noSuchField' | 'badField';
			readonly field: string;
	  }
	| { readonly state: 'noPromptColumn' }
	| { readonly state: 'empty' }
	| { readonly state: 'tooMany' };

/** A table: its rows by column name. */
export type ReadTable = (text: string) => {
	readonly columns: readonly string[];
	readonly rows: readonly Readonly<Record<string, string>>[];
	/** Which row of the file each of them is, from 1, empty ones counted; absent: there are none. */
	readonly lines?: readonly number[];
	readonly flaw?: TableFlaw;
};

type Seen = (prompt: BatchPrompt, line: number) => void;

export const maxPrompts = 10_000;

/** UTF-8 bytes of a whole file. */
export const maxFileBytes = 20 * 1024 * 1024;

/** By the end of the file's name. */
export function formatOf(path: string): BatchFormat | undefined {
	const end = /\.(txt|jsonl|ndjson|csv)$/i.exec(path)?.[1]?.toLowerCase();
	switch (end) {
		case 'txt':
		case 'csv':
		case 'jsonl':
			return end;
		case 'ndjson':
			return 'jsonl';
		default:
			return undefined;
	}
}

/**
 * The prompts of a file; one line that cannot be read refuses it whole, before anything is sent.
 * @param seen hears of each prompt, with its line as in `ParsedBatch`
 */
export function parseBatch(
	text: string,
	format: BatchFormat,
	readTable: ReadTable,
	seen: Seen = () => undefined,
): ParsedBatch {
	const plain = text.replace(/^\ufeff/, '');
	const parsed = format === 'csv' ? parseTable(plain, readTable, seen) : parseLines(plain, format, seen);
	if (parsed.state !== 'prompts') return parsed;
	if (parsed.prompts.length === 0) return { state: 'empty' };
	return parsed.prompts.length > maxPrompts ? { state: 'tooMany' } : parsed;
}

function parseLines(text: string, format: 'txt' | 'jsonl', seen: Seen): ParsedBatch {
	const prompts: BatchPrompt[] = [];
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		if (line.trim() === '') continue;
		const read = format === 'txt' ? { prompt: line.trim() } : jsonLine(line);
		const flaw = 'reason' in read ? read : flawOf(read);
		if (flaw) return { state: 'bad', line: index + 1, ...flaw };
		if (!('prompt' in read)) continue;
		prompts.push(read);
		seen(read, index + 1);
	}
	return { state: 'prompts', prompts };
}

/** What is wrong with a line. */
export type Flaw =
	| { readonly reason: 'notJson' | 'noPrompt' | 'tooLong' | 'badModel' }
	| { readonly reason: 'noSuchField' | 'badField'; readonly field: string };

function jsonLine(line: string): BatchPrompt | Flaw {
	const value = jsonIn(line);
	if (value === undefined) return { reason: 'notJson' };
	if (typeof value === 'string') return { prompt: value };
	const { prompt, model, ...fields }: Readonly<Record<string, unknown>> =
		typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
	if (typeof prompt !== 'string') return { reason: 'noPrompt' };
	if (model !== undefined && typeof model !== 'string') return { reason: 'badField', field: 'model' };
	const options = optionsIn(fields);
	return 'reason' in options ? options : asked(prompt, model, options.options);
}

function asked(prompt: string, model: string | undefined, { system, ...options }: PromptOptions): BatchPrompt {
	return {
		prompt,
		...(system !== undefined && { system }),
		...(model !== undefined && { model }),
		...(Object.keys(options).length > 0 && { options }),
	};
}

/** The column `prompt`; in a table of one column that one, whatever it is called. A column that is called as an option is one. */
function parseTable(text: string, readTable: ReadTable, seen: Seen): ParsedBatch {
	const { columns, rows, lines, flaw: unreadable } = readTable(text);
	const named = (name: string) => columns.find((column) => column.trim().toLowerCase() === name);
	const column = named('prompt') ?? (columns.length === 1 ? columns[0] : undefined);
	if (column === undefined) return columns.length === 0 ? { state: 'empty' } : { state: 'noPromptColumn' };
	// Part of a prompt would be left out, or many would be sent as one.
	if (unreadable) return { state: 'bad', ...unreadable };
	const model = named('model');
	const optional = optionColumns(columns.filter((name) => name !== column));
	const prompts: BatchPrompt[] = [];
	for (const [index, row] of rows.entries()) {
		const line = lines?.[index] ?? index + 2;
		const value = (name: string | undefined) => (name === undefined ? '' : (row[name] ?? '').trim());
		const others = Object.entries(row).filter(([name]) => name !== column && name !== model && !optional.has(name));
		const options = optionsInCells(row, optional);
		if ('reason' in options) return { state: 'bad', line, ...options };
		const read: BatchPrompt = {
			...asked(value(column), value(model) === '' ? undefined : value(model), options.options),
			...(others.length > 0 && { columns: Object.fromEntries(others) }),
		};
		const flaw = flawOf(read);
		if (flaw) return { state: 'bad', line, ...flaw };
		prompts.push(read);
		seen(read, line);
	}
	return { state: 'prompts', prompts };
}

function flawOf({ prompt, system = '', model, options = {} }: BatchPrompt): Flaw | undefined {
	if (prompt.trim() === '') return { reason: 'noPrompt' };
	if (model !== undefined && modelNameIn(model) === undefined) return { reason: 'badModel' };
	const size = new TextEncoder().encode(prompt + system + JSON.stringify(options)).length;
	return size > maxBytes ? { reason: 'tooLong' } : undefined;
}
