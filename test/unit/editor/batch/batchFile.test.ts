import assert from 'node:assert/strict';
import manifest from '../../../../package.json';
import { maxBytes } from '../../../../src/editor/exclusion/contentExclusion';
import { formatOf, maxPrompts, parseBatch } from '../../../../src/editor/batch/batchFile';
import { readPlainTable } from '../../../../src/common/table';

const lines = (...all: string[]) => all.join('\n');
const parse = (text: string, format: 'txt' | 'jsonl' | 'csv') => parseBatch(text, format, readPlainTable);
const prompts = (...all: object[]) => ({ state: 'prompts', prompts: all });

describe('a file of prompts', () => {
	it('is told by its name', () => {
		assert.deepEqual(['a.txt', 'b.JSONL', 'c.ndjson', 'd.csv', 'e.md', 'csv'].map(formatOf), [
			'txt',
			'jsonl',
			'jsonl',
			'csv',
			undefined,
			undefined,
		]);
	});

	it('has its menu in the explorer by the same names', () => {
		const [menu] = manifest.contributes.menus['explorer/context'];
		const [, pattern = '', flags] = /resourceExtname =~ \/(.*?)\/(i?) /.exec(menu?.when ?? '') ?? [];
		for (const end of ['.txt', '.JSONL', '.ndjson', '.CSV', '.md', ''])
			assert.equal(new RegExp(pattern, flags).test(end), formatOf(`a${end}`) !== undefined, end);
	});

	it('of text holds one a line; empty lines, a byte order mark and Windows line ends do not count', () => {
		assert.deepEqual(parse('\ufeffone\r\n\r\n  two \r\n', 'txt'), prompts({ prompt: 'one' }, { prompt: 'two' }));
	});

	it('of JSON lines holds texts, or objects that may name a system instruction and a model', () => {
		const text = lines('"one"', '{"prompt":"two\\nlines","system":"s","model":"m"}', '');
		assert.deepEqual(
			parse(text, 'jsonl'),
			prompts({ prompt: 'one' }, { prompt: 'two\nlines', system: 's', model: 'm' }),
		);
	});

	it('of a table takes the column prompt and keeps the others', () => {
		const text = lines('id,Prompt,model', '1,"two', 'lines, quoted ""so""",', '2,three,m');
		assert.deepEqual(
			parse(text, 'csv'),
			prompts(
				{ prompt: 'two\nlines, quoted "so"', columns: { id: '1' } },
				{ prompt: 'three', model: 'm', columns: { id: '2' } },
			),
		);
	});

	it('of a table with other separators, or with one column of any name, is read as well', () => {
		assert.deepEqual(parse('id;prompt\n1;a,b\n', 'csv'), prompts({ prompt: 'a,b', columns: { id: '1' } }));
		assert.deepEqual(parse('question\nwhy?\n', 'csv'), prompts({ prompt: 'why?' }));
	});

	it('of a table whose lines do not all end alike holds one prompt a line', () => {
		const prompts = (text: string) => {
			const parsed = parse(text, 'csv');
			return parsed.state === 'prompts' ? parsed.prompts : parsed;
		};
		for (const rows of [
			'prompt\r\nMột\r\nHai\nBa\n',
			'prompt\nMột\r\nHai\nBa\r\n',
			'"prompt"\r\n"Một"\n"Hai"\r\n"Ba"',
		]) {
			assert.deepEqual(prompts(rows), [{ prompt: 'Một' }, { prompt: 'Hai' }, { prompt: 'Ba' }], JSON.stringify(rows));
		}
		assert.deepEqual(prompts('prompt,id\nMột,1\r\n"Hai\r\nlines",2\r\n'), [
			{ prompt: 'Một', columns: { id: '1' } },
			{ prompt: 'Hai\r\nlines', columns: { id: '2' } },
		]);
	});

	it('takes the options of an answer, and names a field that is none, or that does not take what it holds', () => {
		const options = { temperature: 0, thinking: 'low', stopSequences: ['END'], functionDeclarations: [{ name: 'f' }] };
		assert.deepEqual(
			parse(JSON.stringify({ prompt: 'a', system: '', ...options }), 'jsonl'),
			prompts({ prompt: 'a', system: '', options }),
		);
		const flaw = (fields: object) => parse(lines('"a"', JSON.stringify({ prompt: 'b', ...fields })), 'jsonl');
		const unknown = (field: string) => ({ state: 'bad', line: 2, reason: 'noSuchField', field });
		const bad = (field: string) => ({ state: 'bad', line: 2, reason: 'badField', field });
		assert.deepEqual(flaw({ temprature: 1 }), unknown('temprature'));
		assert.deepEqual(flaw({ temperature: 9, id: 7 }), unknown('id'));
		assert.deepEqual(flaw({ systemInstruction: 'x' }), unknown('systemInstruction'));
		assert.deepEqual(flaw({ httpOptions: { baseUrl: 'https://x.invalid' } }), unknown('httpOptions'));
		assert.deepEqual(flaw({ toString: 1 }), unknown('toString'));
		assert.deepEqual(parse('{"prompt":"b","__proto__":{"temperature":1}}', 'jsonl'), {
			...unknown('__proto__'),
			line: 1,
		});
		for (const [field, value] of Object.entries({
			temperature: 2.1,
			system: 5,
			model: ['m'],
			topP: '0.5',
			thinking: 1.5,
			seed: null,
			stopSequences: 'END',
			safetySettings: [{ category: 'x' }],
			responseSchema: [],
			functionDeclarations: [{}],
			toolConfig: { retrievalConfig: {} },
		}))
			assert.deepEqual(flaw({ [field]: value }), bad(field), field);
	});

	it('of a table takes columns that are called as options, whatever their capitals; an empty cell says nothing', () => {
		const text = lines(
			'prompt,Temperature,thinking,googleSearch,stopSequences,note',
			'a,0.5,512,TRUE,"[""END""]",x',
			'b,,,,,y',
		);
		assert.deepEqual(
			parse(text, 'csv'),
			prompts(
				{
					prompt: 'a',
					options: { temperature: 0.5, thinking: 512, googleSearch: true, stopSequences: ['END'] },
					columns: { note: 'x' },
				},
				{ prompt: 'b', columns: { note: 'y' } },
			),
		);
		// As a spreadsheet writes a fraction where it has a comma; with three digits behind it, it is a thousand elsewhere.
		const fractions = lines('prompt;temperature;topP;presencePenalty', 'a;0,7;0,125;-1,5');
		assert.deepEqual(
			parse(fractions, 'csv'),
			prompts({ prompt: 'a', options: { temperature: 0.7, topP: 0.125, presencePenalty: -1.5 } }),
		);
		assert.equal(parse(lines('prompt;maxOutputTokens', 'a;1,000'), 'csv').state, 'bad');
		assert.deepEqual(parse(lines('prompt,seed', 'a,1', 'b,one'), 'csv'), {
			state: 'bad',
			line: 3,
			reason: 'badField',
			field: 'seed',
		});
		assert.deepEqual(parse(lines('prompt,system', 'a,true'), 'csv'), prompts({ prompt: 'a', system: 'true' }));
	});

	it('tells of each prompt in which line it stands; in a table that is its row', () => {
		const linesIn = (text: string, format: 'txt' | 'jsonl' | 'csv'): readonly string[] => {
			const seen: string[] = [];
			parseBatch(text, format, readPlainTable, ({ prompt, system }, line) =>
				seen.push(`${line}: ${prompt}${system === undefined ? '' : ` (${system})`}`),
			);
			return seen;
		};
		assert.deepEqual(linesIn('one\n\ntwo', 'txt'), ['1: one', '3: two']);
		assert.deepEqual(linesIn('\n{"prompt":"a","system":"s"}', 'jsonl'), ['2: a (s)']);
		assert.deepEqual(linesIn('id,prompt,system\n1,"a\nb",\n2,c,s\n', 'csv'), ['2: a\nb', '3: c (s)']);
		assert.deepEqual(linesIn('\nid;prompt\n1;a\n\n;\n2;b\n\n', 'csv'), ['3: a', '6: b']);
	});

	it('with a line that cannot be read is refused whole, and names the line', () => {
		assert.deepEqual(parse(lines('"a"', '', '{"prompt":'), 'jsonl'), { state: 'bad', line: 3, reason: 'notJson' });
		assert.deepEqual(parse(lines('"a"', '{"text":"b"}'), 'jsonl'), { state: 'bad', line: 2, reason: 'noPrompt' });
		assert.deepEqual(parse('["a"]', 'jsonl'), { state: 'bad', line: 1, reason: 'noPrompt' });
		assert.deepEqual(parse(lines('prompt,x', 'a,1', ',2'), 'csv'), { state: 'bad', line: 3, reason: 'noPrompt' });
		assert.deepEqual(parse(lines('prompt,x', '', 'a,1', ',', ',2'), 'csv'), {
			state: 'bad',
			line: 5,
			reason: 'noPrompt',
		});
		assert.deepEqual(parse(`a\n${'x'.repeat(maxBytes + 1)}`, 'txt'), { state: 'bad', line: 2, reason: 'tooLong' });
	});

	it('of a table whose cells do not fit its header is refused whole: part of a prompt would be lost', () => {
		const tooMany = (line: number) => ({ state: 'bad', line, reason: 'tooManyCells' });
		assert.deepEqual(parse(lines('prompt', 'Why?', 'Hello, how are you?'), 'csv'), tooMany(3));
		assert.deepEqual(parse(lines('id;prompt', '1;a', '2;b; c'), 'csv'), tooMany(3));
		assert.deepEqual(parse(lines('id;prompt', '', '1;a', '2;b; c'), 'csv'), tooMany(4));
		assert.deepEqual(
			parse(lines('prompt,x', 'a,1,, ', 'b'), 'csv'),
			prompts({ prompt: 'a', columns: { x: '1' } }, { prompt: 'b' }),
		);
	});

	it('of a table with a quotation mark that is not closed is refused whole: the rest would be one prompt', () => {
		const bad = (line: number) => ({ state: 'bad', line, reason: 'badQuotes' });
		assert.deepEqual(parse(lines('id,prompt', '1,"a', 'b"', '2,"Hello', '3,c', ''), 'csv'), bad(4));
		assert.deepEqual(parse(lines('prompt', '"a "b" c"', 'd'), 'csv'), bad(2));
		assert.deepEqual(parse('prompt\r\n5" wide\r\n', 'csv'), prompts({ prompt: '5" wide' }));
	});

	it('with a model that is no name of one is refused whole, and names the line', () => {
		for (const model of ['%2e%2e/%2e%2e/v1/files', 'a#', '../b', 'a b', '']) {
			const line = JSON.stringify({ prompt: 'p', model });
			assert.deepEqual(parse(lines('"a"', line), 'jsonl'), { state: 'bad', line: 2, reason: 'badModel' }, model);
		}
		assert.deepEqual(parse(lines('prompt,model', 'a,m', 'b,c#d'), 'csv'), {
			state: 'bad',
			line: 3,
			reason: 'badModel',
		});
		assert.deepEqual(parse(lines('prompt,model', 'a,models/m', 'b,'), 'csv'), {
			state: 'prompts',
			prompts: [{ prompt: 'a', model: 'models/m' }, { prompt: 'b' }],
		});
	});

	it('without prompts, without their column, or with too many, is refused', () => {
		assert.deepEqual(parse(' \n', 'txt'), { state: 'empty' });
		assert.deepEqual(parse('', 'csv'), { state: 'empty' });
		assert.deepEqual(parse('prompt,x\n', 'csv'), { state: 'empty' });
		assert.deepEqual(parse('a,b\n1,2\n', 'csv'), { state: 'noPromptColumn' });
		assert.deepEqual(parse('x\n'.repeat(maxPrompts + 1), 'txt'), { state: 'tooMany' });
	});
});
