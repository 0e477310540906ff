import * as v from 'valibot';
import { maxBytes } from '../admission';

/** How prompts are written down: one a line; one JSON object a line; a table with a header. */
export type BatchFormat = 'txt' | 'jsonl' | 'csv';

export interface BatchPrompt {
	readonly prompt: string;
	/** The system instruction. */
	readonly system?: string;
	/** Absent: the setting's. */
	readonly model?: string;
	/** The other columns of a table; they come back beside the answer. */
	readonly columns?: Readonly<Record<string, string>>;
}

export type ParsedBatch =
	| { readonly is: 'prompts'; readonly prompts: readonly BatchPrompt[] }
	/** `line` from 1; of a table the row, where the header is row 1. */
	| { readonly is: 'bad'; readonly line: number; readonly why: 'notJson' | 'noPrompt' | 'tooLong' }
	| { readonly is: 'noPromptColumn' }
	| { readonly is: 'empty' }
	| { readonly is: 'tooMany' };

/** A table: its rows by column name. */
export type ReadTable = (text: string) => {
	readonly columns: readonly string[];
	readonly rows: readonly Readonly<Record<string, string>>[];
};

export const maxPrompts = 10_000;

/** UTF-8 bytes of a whole file. */
export const maxFileBytes = 20 * 1024 * 1024;

const Line = v.union([
	v.pipe(
		v.string(),
		v.transform((prompt) => ({ prompt })),
	),
	v.object({ prompt: v.string(), system: v.exactOptional(v.string()), model: v.exactOptional(v.string()) }),
]);

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

/** The prompts of a file; one line that cannot be read refuses it whole, before anything is sent. */
export function parseBatch(text: string, format: BatchFormat, readTable: ReadTable): ParsedBatch {
	const plain = text.replace(/^\ufeff/, '');
	const parsed = format === 'csv' ? parseTable(plain, readTable) : parseLines(plain, format);
	if (parsed.is !== 'prompts') return parsed;
	if (parsed.prompts.length === 0) return { is: 'empty' };
	return parsed.prompts.length > maxPrompts ? { is: 'tooMany' } : parsed;
}

function parseLines(text: string, format: 'txt' | 'jsonl'): ParsedBatch {
	const prompts: BatchPrompt[] = [];
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		if (line.trim() === '') continue;
		const read = format === 'txt' ? { prompt: line.trim() } : jsonLine(line);
		const why = typeof read === 'string' ? read : flawOf(read);
		if (why !== undefined) return { is: 'bad', line: index + 1, why };
		if (typeof read !== 'string') prompts.push(read);
	}
	return { is: 'prompts', prompts };
}

function jsonLine(line: string): BatchPrompt | 'notJson' | 'noPrompt' {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return 'notJson';
	}
	const read = v.safeParse(Line, value);
	return read.success ? read.output : 'noPrompt';
}

/** The column `prompt`; in a table of one column that one, whatever it is called. */
function parseTable(text: string, readTable: ReadTable): ParsedBatch {
	const { columns, rows } = readTable(text);
	const named = (name: string) => columns.find((column) => column.trim().toLowerCase() === name);
	const column = named('prompt') ?? (columns.length === 1 ? columns[0] : undefined);
	if (column === undefined) return columns.length === 0 ? { is: 'empty' } : { is: 'noPromptColumn' };
	const [system, model] = [named('system'), named('model')];
	const prompts: BatchPrompt[] = [];
	for (const [index, row] of rows.entries()) {
		const value = (name: string | undefined) => (name === undefined ? '' : (row[name] ?? '').trim());
		const others = Object.entries(row).filter(([name]) => name !== column && name !== system && name !== model);
		const read: BatchPrompt = {
			prompt: value(column),
			...(value(system) !== '' && { system: value(system) }),
			...(value(model) !== '' && { model: value(model) }),
			...(others.length > 0 && { columns: Object.fromEntries(others) }),
		};
		const why = flawOf(read);
		if (why !== undefined) return { is: 'bad', line: index + 2, why };
		prompts.push(read);
	}
	return { is: 'prompts', prompts };
}

function flawOf({ prompt, system = '' }: BatchPrompt): 'noPrompt' | 'tooLong' | undefined {
	if (prompt.trim() === '') return 'noPrompt';
	return new TextEncoder().encode(prompt + system).length > maxBytes ? 'tooLong' : undefined;
}
