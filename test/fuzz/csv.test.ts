import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBatch, type BatchPrompt } from '../../src/editor/batch/batchFile';
import { answeredBefore, jsonlResults, tableResults } from '../../src/editor/batch/resultFile';
import { readPlainTable, readTable, writeTable } from '../../src/common/table';
import { attackJson, attackLine, attackText, damaged, isUnpolluted, trickyName } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const text = attackText(
	...[
		'prompt',
		'system',
		'model',
		'index',
		'status',
		'answer',
		'answered',
		',',
		';',
		'\t',
		'|',
		'"',
		'""',
		'\n',
		'\r\n',
		'\r',
	],
	...['\ufeff', 'prompt,model\n', '"a\nb"', ',,', '1', '__proto__', 'constructor', "'", '=', '{"prompt":"x"}', '[]'],
);
/** Without lone carriage returns, which a table reads as line ends. */
const cell = fc.oneof(attackLine, trickyName, fc.constant('')).map((one) => one.replace(/\r\n?/g, '\n'));
const column = fc.oneof(attackLine, trickyName).map((one) => one.replace(/[\r\n]+/g, ' ').trim());
const tables = fc
	.uniqueArray(
		column.filter((name) => name !== ''),
		{ minLength: 1, maxLength: 5 },
	)
	.chain((columns) =>
		fc.tuple(
			fc.constant(columns),
			fc.array(fc.tuple(...columns.map(() => cell)), { maxLength: 5 }).map((rows) =>
				rows
					// A row without a character is an empty line, and none.
					.filter((cells) => cells.some((one) => one.trim() !== ''))
					.map((cells) => Object.fromEntries(columns.map((name, n) => [name, cells[n] ?? '']))),
			),
		),
	);

const separators = fc.constantFrom(',' as const, ';' as const);

/** The cells of a CSV by the words of RFC 4180, as a spreadsheet that separates there finds them. */
function cellsOf(csv: string, separator: string): readonly string[] {
	const cells: string[] = [];
	let at = 0;
	while (at < csv.length) {
		let value = '';
		if (csv[at] === '"') {
			for (at++; at < csv.length; at++) {
				if (csv[at] !== '"') value += csv.charAt(at);
				else if (csv[at + 1] === '"') value += csv.charAt(at++);
				else break;
			}
			at++;
		}
		for (; at < csv.length && csv[at] !== separator && csv[at] !== '\n' && csv[at] !== '\r'; at++)
			value += csv.charAt(at);
		cells.push(value);
		at++;
	}
	return cells;
}

/** What a spreadsheet runs. White space before it counts for nothing; a number alone is none. */
const formula = /^(?!-\d+(?:[.,]\d+)?(?:e-?\d+)?$)[ \t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

const results = tableResults({ readTable, writeTable });

target('CSV', {
	'gives a table back as it was written': property(fc.tuple(tables, separators), ([[columns, rows], own]) => {
		const read = readTable(writeTable(columns, rows, own), own);
		assert.deepEqual(read, { columns, rows });
		assert.ok(isUnpolluted());
	}),
	'holds no formula, wherever a spreadsheet separates': property(
		fc.tuple(tables, separators),
		([[columns, rows], own]) => {
			const csv = writeTable(columns, rows, own);
			for (const separator of [',', ';', '\t']) {
				const formulas = cellsOf(csv, separator).filter((one) => formula.test(one));
				assert.deepEqual(formulas, [], `at ${JSON.stringify(separator)} in ${JSON.stringify(csv)}`);
			}
		},
	),
	'reads any file of prompts, or says which line is wrong': property(
		fc.tuple(
			fc.oneof(text, damaged(attackJson.map((value) => `${JSON.stringify(value)}\n{"prompt":"x"}`))),
			fc.constantFrom('txt', 'jsonl', 'csv'),
		),
		([whole, format]) => {
			const parsed = parseBatch(whole, format, readPlainTable);
			assert.ok(isUnpolluted());
			if (parsed.state !== 'prompts') return;
			for (const { prompt, model } of parsed.prompts) {
				assert.notEqual(prompt.trim(), '');
				assert.ok(model === undefined || /^(models\/)?[\w.-]{1,100}$/.test(model.trim()), model);
			}
			// What it wrote itself it knows again, and nothing else.
			assert.equal(answeredBefore(results.read(whole), parsed.prompts).size, 0);
			writeAndRead(parsed.prompts);
		},
	),
	'reads any file of results': property(
		fc.oneof(text, damaged(attackJson.map((value) => JSON.stringify(value)))),
		(whole) => {
			for (const format of [results, jsonlResults])
				for (const row of format.read(whole)) assert.ok(Number.isInteger(row.index) && row.index >= 1);
			assert.ok(isUnpolluted());
		},
	),
});

/** The results of these prompts, written as a table and read again, are theirs. */
function writeAndRead(prompts: readonly BatchPrompt[]): void {
	const few = prompts.slice(0, 20).map((prompt) => ({ ...prompt, prompt: prompt.prompt.replace(/\r\n?/g, '\n') }));
	const rows = few.map(({ prompt }, n) => {
		return { index: n + 1, prompt, status: 'failed', reason: 'rpm', message: '=1' } as const;
	});
	assert.deepEqual(
		results.read(results.write(rows, few)).map(({ prompt }) => prompt),
		few.map(({ prompt }) => prompt),
	);
}
