import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPlainTable, readTable, writeTable } from '../../../src/common/table';

const signs = ['=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20'];
/** As a spreadsheet reads it that separates elsewhere and takes quotes for what they are only where a cell begins with them. */
const cellsOf = (text: string, separator: string) =>
	text.split('\n').flatMap((line) => line.split(separator).map((cell) => cell.trim()));
const isFormula = (cell: string) => signs.some((sign) => cell.replace(/^[" ]+/, '').startsWith(sign));

describe('a table', () => {
	for (const sign of signs) {
		it(`holds no formula that begins with ${sign}, in a cell, in a header or after a separator`, () => {
			const formula = `${sign}cmd|'/C calc'!A0`;
			const column = `${formula};${formula}`;
			const cells = [
				formula,
				` ${formula}`,
				`a;${formula}`,
				`a\t${formula}`,
				`a; ${formula}`,
				`a\n${formula}`,
				`a, b;${formula}`,
			];
			const rows = cells.map((cell, n) => ({ [column]: cell, n: String(n) }));
			const text = writeTable([column, 'n'], rows);
			for (const separator of [';', '\t']) assert.deepEqual(cellsOf(text, separator).filter(isFormula), []);
			// One that is written for a spreadsheet of another country is opened in this one, too.
			const other = writeTable([column, 'n'], [...rows, { [column]: `a,${formula}`, n: '' }], ';');
			for (const separator of [',', '\t']) assert.deepEqual(cellsOf(other, separator).filter(isFormula), []);
			const read = readTable(text);
			assert.deepEqual(read.columns, [column, 'n']);
			assert.deepEqual(
				read.rows.map((row) => row[column]),
				cells,
			);
			// By its own separator, too.
			const plain = readPlainTable(text);
			assert.deepEqual([...plain.columns, ...plain.rows.flatMap((row) => Object.values(row))].filter(isFormula), []);
		});
	}

	it('is read as it was written, headers included, whatever is in it', () => {
		const unit = fc.constantFrom(...signs, ';', '\t', '\n', "'", ' ', 'a', ',', '"');
		const cell = fc.string({ unit, minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(fc.array(cell, { minLength: 1, maxLength: 3 }), cell, (cells, name) => {
				const column = `${name}x`;
				const written = cells.map((text) => ({ [column]: `${text}x` }));
				assert.deepEqual(readTable(writeTable([column], written)), { columns: [column], rows: written });
			}),
			{ numRuns: 2_000 },
		);
	});

	it('leaves negative numbers as they are, where no spreadsheet can take them for the begin of more', () => {
		const numbers = ['-1', '-122.4194', '-0,5', '-1e-9'];
		const rows = numbers.map((number) => ({ text: 'a', label: number }));
		assert.equal(writeTable(['text', 'label'], rows), 'text,label\na,-1\na,-122.4194\na,"-0,5"\na,-1e-9\n');
		assert.deepEqual(readTable(writeTable(['text', 'label'], rows)).rows, rows);
		for (const other of ['-1+1', '-1;2', '- 1', '-', '-a', '+1', '-1\n']) {
			assert.match(writeTable(['text', 'label'], [{ text: 'a', label: other }]), /\na,"?'/, other);
		}
		assert.equal(writeTable(['label'], [{ label: '-1' }]), "label\n'-1\n");
	});

	// Found by fuzzing.
	it('keeps the cells of columns named like properties of objects', () => {
		const columns = ['__proto__', 'constructor', 'toString'];
		const rows = [Object.fromEntries(columns.map((name) => [name, `of ${name}`]))];
		assert.deepEqual(readTable(writeTable(columns, rows)), { columns, rows });
	});

	it('guards what begins with a quote, which closes our quotes in a file with another separator', () => {
		assert.equal(writeTable(['a;"=1+1'], []), `"a;'""=1+1"\n`);
		assert.deepEqual(readTable(writeTable(['a;"=1+1'], [])).columns, ['a;"=1+1']);
	});

	it('makes repeated column names unique, without a word on the console', () => {
		const { warn } = console;
		const serviceMessage: unknown[] = [];
		console.warn = (...words) => serviceMessage.push(words);
		try {
			assert.deepEqual(readPlainTable('a,a_1,a,a\n1,2,3,4').rows, [{ a: '1', a_1: '2', a_2: '3', a_3: '4' }]);
		} finally {
			console.warn = warn;
		}
		assert.deepEqual(serviceMessage, []);
	});

	it('with a long header over many short lines takes no more room than its cells', () => {
		const began = process.cpuUsage();
		const { rows } = readPlainTable(`${'x,'.repeat(50_000)}\n${'1\n'.repeat(50_000)}`);
		assert.deepEqual([rows.length, rows[0]], [50_000, { x: '1' }]);
		assert.ok(process.cpuUsage(began).user < 5_000_000);
	});

	it('whose lines end as those of an old Mac is read line by line', () => {
		assert.deepEqual(readPlainTable('prompt\rone\rtwo\r').rows, [{ prompt: 'one' }, { prompt: 'two' }]);
	});

	it('of another origin is read unchanged: an apostrophe stays', () => {
		const text = "prompt;note\n\"Options:\n'-o', '--output'\";'=1+1\n";
		assert.deepEqual(readPlainTable(text).rows, [{ prompt: "Options:\n'-o', '--output'", note: "'=1+1" }]);
	});
});
