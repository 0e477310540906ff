import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	answeredBefore,
	jsonlResults,
	resultPathFor,
	rowBegins,
	sourcePathFor,
	tableResults,
	type BatchRow,
} from '../../../../src/editor/batch/resultFile';
import { formatOf, type BatchPrompt } from '../../../../src/editor/batch/batchFile';
import { readTable, writeTable } from '../../../../src/common/table';

const table = tableResults({ readTable, writeTable });
const answered = (index: number, answer = 'a', prompt = `p${index}`): BatchRow => ({
	index,
	prompt,
	status: 'answered',
	answer,
	model: 'm',
	key: 'Key 1',
	inputTokens: 1,
	outputTokens: 2,
});
const failed: BatchRow = { index: 2, prompt: 'p2', status: 'failed', reason: 'badRequest', message: 'No, "never".' };

describe('the result file', () => {
	it('stands beside its source, and no two sources share one', () => {
		assert.equal(resultPathFor('/w/a.txt', 'txt'), '/w/a.txt.results.jsonl');
		assert.equal(resultPathFor('/w/a.jsonl', 'jsonl'), '/w/a.jsonl.results.jsonl');
		assert.equal(resultPathFor('/w/a.csv', 'csv'), '/w/a.csv.results.csv');
	});

	it('leads back to its source, so that its answers are never taken for prompts', () => {
		for (const path of ['/w/a.txt', '/w/a.jsonl', '/w/a.ndjson', '/w/a.csv', '/w/a.results.csv'])
			assert.equal(sourcePathFor(resultPathFor(path, formatOf(path) ?? 'txt')), path);
		for (const path of ['/w/a.csv', '/w/a.results.jsonl', '/w/a.csv.results.jsonl', '/w/a.txt.results.csv'])
			assert.equal(sourcePathFor(path), path);
	});

	for (const [name, format] of [
		['JSON lines', jsonlResults],
		['a table', table],
	] as const) {
		it(`as ${name} is read as it was written, whatever a model says`, () => {
			// A table knows one kind of line end, and no end of a cell but its quotes.
			const text = fc
				.string({ unit: 'grapheme', minLength: 1 })
				.map((serviceMessage) => serviceMessage.replaceAll('\r', '\n'));
			const nasty = fc.constantFrom(
				'=1+1',
				"'=x",
				'- a list\n- of two',
				'+1',
				'@a',
				'"q", ,;\n',
				"''-",
				'\tx',
				'| a |',
			);
			fc.assert(
				fc.property(fc.oneof(text, nasty), fc.oneof(text, nasty), (answer, prompt) => {
					const rows = [answered(1, answer, prompt), failed];
					assert.deepEqual(format.read(format.write(rows, [])), rows);
				}),
			);
		});
	}

	it('that was cut off in the middle keeps what is whole', () => {
		const text = jsonlResults.write([answered(1), failed, answered(3)], []);
		assert.deepEqual(jsonlResults.read(text.slice(0, -10)), [answered(1), failed]);
		assert.deepEqual(jsonlResults.read('no results\n{}\n'), []);
		assert.deepEqual(table.read('some,other\ntable,1\n'), []);
	});

	it('as a table lets no cell be taken for a formula, and gives the other columns back', () => {
		const prompts = [{ prompt: 'p1', columns: { id: '7', note: '=cmd()', model: 'x' } }];
		const text = table.write([answered(1, '=HYPERLINK("http://x")')], prompts);
		const [header, row] = text.split('\n');
		assert.equal(
			header,
			'index,prompt,status,answer,model,key,inputTokens,outputTokens,reason,message,system,wantedModel,wantedOptions,functionCalls,thoughts,sources,endedBy,id,note,own.model',
		);
		assert.equal(row, `1,p1,answered,"'=HYPERLINK(""http://x"")",m,Key 1,1,2,,,,,,,,,,7,'=cmd(),x`);
	});

	it('holds what came beside the text, and an own column of the same name does no harm', () => {
		const more: BatchRow = {
			...{ index: 1, prompt: 'p1', status: 'answered', answer: '', model: 'm', key: 'Key 1' },
			wantedOptions: { temperature: 0, functionDeclarations: [{ name: 'f' }] },
			functionCalls: [{ name: 'f', args: { a: [1, null] } }],
			thoughts: 'hm',
			endedBy: 'MAX_TOKENS',
			sources: [{ title: 'A', uri: 'https://a.example/' }],
		};
		for (const format of [jsonlResults, table]) assert.deepEqual(format.read(format.write([more], [])), [more]);
		const prompts = [{ prompt: 'p1', columns: { sources: 'a, b', functionCalls: '5' } }];
		const text = table.write([answered(1)], prompts);
		assert.match(text, /,own\.sources,own\.functionCalls\n.*,"a, b",5\n$/);
		assert.deepEqual(table.read(text), [answered(1)]);
	});

	it('keeps a column of the person whose name is one of ours apart from ours, also where nothing was answered', () => {
		const columns = { answer: '4', 'own.answer': 'x', status: 'open', reason: 'why' };
		const prompts = [1, 2].map((n) => ({ prompt: `p${n}`, columns }));
		const rows = [answered(1, 'five'), failed];
		const text = table.write(rows, prompts);
		assert.deepEqual(table.read(text), rows);
		assert.deepEqual(
			readTable(text).rows.map((row) => [row['answer'], row['own.own.answer'], row['own.answer'], row['own.reason']]),
			[
				['five', '4', 'x', 'why'],
				['', '4', 'x', 'why'],
			],
		);
	});

	it('resumes answers that still belong to their prompt', () => {
		const rows = [answered(1), failed, answered(3, 'a', 'another text'), answered(9)];
		const before = answeredBefore(rows, [{ prompt: 'p1' }, { prompt: 'p2' }, { prompt: 'p3' }]);
		assert.deepEqual([...before.keys()], [1]);
	});

	it('keeps an answer whose line has moved, once for each time that it was given', () => {
		const rows = [answered(1), answered(2, 'b', 'twice'), answered(3, 'c', 'twice'), failed];
		const now = ['new', 'twice', 'p1', 'twice', 'twice'].map((prompt) => ({ prompt }));
		assert.deepEqual(
			[...answeredBefore(rows, now).values()]
				.sort((a, b) => a.index - b.index)
				.map((row) => [row.index, row.prompt, row.status === 'answered' && row.answer]),
			[
				[2, 'twice', 'b'],
				[3, 'p1', 'a'],
				[4, 'twice', 'c'],
			],
		);
	});

	it('asks again what is to be asked with other options, in whichever order they are written', () => {
		const prompts: readonly BatchPrompt[] = [{ prompt: 'p1', options: { temperature: 0, topK: 5 } }, { prompt: 'p2' }];
		const rows = prompts.map((prompt, at): BatchRow => ({ ...answered(at + 1), ...rowBegins(at + 1, prompt) }));
		const kept = (now: readonly BatchPrompt[]) => [...answeredBefore(rows, now).keys()];
		assert.deepEqual(kept([{ prompt: 'p1', options: { topK: 5, temperature: 0 } }, { prompt: 'p2' }]), [1, 2]);
		assert.deepEqual(kept([{ prompt: 'p1', options: { temperature: 1, topK: 5 } }, { prompt: 'p2' }]), [2]);
		assert.deepEqual(kept([{ prompt: 'p1' }, { prompt: 'p2', options: { seed: 1 } }]), []);
	});

	it('asks again what is to be asked under no instruction in place of that of the setting', () => {
		const kept = (then: BatchPrompt, now: BatchPrompt): boolean => {
			const rows = jsonlResults.read(jsonlResults.write([{ ...answered(1), ...rowBegins(1, then) }], [then]));
			return answeredBefore(rows, [now]).has(1);
		};
		assert.ok(!kept({ prompt: 'p' }, { prompt: 'p', system: '' }));
		assert.ok(!kept({ prompt: 'p', system: '' }, { prompt: 'p' }));
		assert.ok(kept({ prompt: 'p', system: '' }, { prompt: 'p', system: '' }));
		assert.ok(kept({ prompt: 'p' }, { prompt: 'p' }));
	});

	it('asks again what is to be asked of another model or under another instruction, and nothing else', () => {
		const prompts = [
			{ prompt: 'p1', system: 'Be brief.' },
			{ prompt: 'p2', model: 'pro' },
			{ prompt: 'p3', system: 'Be brief.', model: 'pro' },
			{ prompt: 'p4' },
		];
		// The model that answers can be a fallback: it tells nothing of the one that was wanted.
		const rows = prompts.map((prompt, at): BatchRow => ({ ...answered(at + 1), ...rowBegins(at + 1, prompt) }));
		const again = (now: readonly BatchPrompt[]): readonly number[] => {
			for (const format of [jsonlResults, table]) {
				const before = answeredBefore(format.read(format.write(rows, now)), now);
				asked.push(now.map((_, at) => at + 1).filter((index) => !before.has(index)));
			}
			const [lines, cells] = asked.splice(0);
			assert.deepEqual(lines, cells);
			return lines ?? [];
		};
		const asked: (readonly number[])[] = [];
		assert.deepEqual(again(prompts), []);
		assert.deepEqual(again([{ prompt: 'p1', system: 'Be thorough.' }, ...prompts.slice(1)]), [1]);
		assert.deepEqual(again(prompts.map(({ prompt }) => ({ prompt, system: 'Be brief.', model: 'pro' }))), [1, 2, 4]);
		assert.deepEqual(again(prompts.map(({ prompt }) => ({ prompt }))), [1, 2, 3]);
	});
});
