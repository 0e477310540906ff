import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/apply/answerCode';
import { createMasker } from '../../../../src/masking/masking';
import { DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';
import { textsIn } from '../../../support/ui/editor';

describe('code of an answer that is put over the selection', () => {
	it("keeps the person's own key, which the answer does not show", async () => {
		const { learnKey, keysIn, maskKeys } = createMasker();
		const key = 'sim-key-of-the-first-project';
		learnKey(key);
		const editor = new DocumentsStandIn();
		const document = editor.open(new FileUri('file', '/w/a.ts'), `connect("${key}");\n`);
		const activeTextEditor = { document, selection: new Range(0, 0, 1, 0) };
		Object.assign((editor.api as unknown as { window: object }).window, { activeTextEditor });
		const { createAnswerCode } = editor.read('../editor/apply/answerCode') as typeof used;
		const proposed: string[] = [];
		const propose = ({ replacement }: { readonly replacement: string }) => {
			proposed.push(replacement);
			return Promise.resolve('rejected' as const);
		};
		await createAnswerCode({ propose }, keysIn).apply(maskKeys(`open("${key}");`));
		assert.deepEqual(proposed, [`open("${key}");\n`]);
	});
});

describe('code of an answer where the editor shows what nothing can be put into', () => {
	for (const [what, uri, told] of [
		[
			'a change that waits to be accepted',
			new FileUri('keypool-change', '/w/a.ts', '1'),
			/^Accept or reject the proposed/,
		],
		[
			'the results of a search, of which there is no diff',
			new FileUri('search-editor', ''),
			/^The file cannot be changed/,
		],
	] as const) {
		it(`goes nowhere, and says so: ${what}`, async () => {
			const editor = new DocumentsStandIn();
			const document = editor.open(uri, 'one\n');
			const edit = () => assert.fail('it is not to be changed');
			const activeTextEditor = { document, selection: new Range(0, 0, 1, 0), edit };
			Object.assign((editor.api as unknown as { window: object }).window, { activeTextEditor });
			const { createAnswerCode } = editor.read('../editor/apply/answerCode') as typeof used;
			const code = createAnswerCode({ propose: () => assert.fail('nothing is proposed') }, () => []);
			for (const act of ['insert', 'apply'] as const) {
				editor.given.splice(0);
				await code[act]('two');
				assert.match(textsIn(editor.given).join(), told);
			}
		});
	}
});

describe('code of an answer that is inserted', () => {
	it('says so where the file is read-only: the editor calls the edit done all the same', async () => {
		const editor = new DocumentsStandIn();
		const document = editor.open(new FileUri('file', '/w/a.ts'), 'one\n');
		const activeTextEditor = { ...editor.editorOf(document), selection: new Range(0, 0, 0, 3) };
		const { api } = editor as unknown as { api: { window: object } };
		Object.assign(api.window, { activeTextEditor, showTextDocument: () => Promise.resolve() });
		Object.assign(api, { ViewColumn: { Active: -1 } });
		const { createAnswerCode } = editor.read('../editor/apply/answerCode') as typeof used;
		const code = createAnswerCode({ propose: () => assert.fail('nothing is proposed') }, () => []);
		await code.insert('two');
		assert.deepEqual([document.text, textsIn(editor.given)], ['two\n', []]);
		editor.isReadOnly = true;
		await code.insert('three');
		assert.deepEqual([document.text, textsIn(editor.given)], ['two\n', ['The file cannot be changed.']]);
	});
});

describe('code of an answer that is put over the function at the cursor', () => {
	/** What the lines become, of which the editor calls `symbol` the function. */
	async function applied(text: string, symbol: Range, code: string): Promise<string | undefined> {
		const editor = new DocumentsStandIn();
		const document = editor.open(new FileUri('file', '/w/a.ts'), text);
		const { start } = symbol;
		const selection = { start, end: start, isEmpty: true, active: start };
		const { api } = editor as unknown as { api: { window: object; commands: { executeCommand: unknown } } };
		Object.assign(api.window, { activeTextEditor: { document, selection } });
		const found = Object.assign(symbol, { contains: () => true });
		api.commands.executeCommand = () => Promise.resolve([{ name: 'f', range: found, children: [] }]);
		const { createAnswerCode } = editor.read('../editor/apply/answerCode') as typeof used;
		const propose = ({ range, replacement }: { readonly range: unknown; readonly replacement: string }) => {
			editor.edit(document, range as Range, replacement);
			return Promise.resolve('accepted' as const);
		};
		await createAnswerCode({ propose }, () => []).apply(code);
		return document.text;
	}

	it('says nothing twice that stands beside it: TypeScript counts neither `export const` nor `;` to a function', async () => {
		const text = 'export const f = () => {\n\treturn 1;\n};\n';
		const symbol = () => new Range(0, 13, 2, 1);
		for (const [code, expected] of [
			['export const f = () => 2;', 'export const f = () => 2;\n'],
			['const f = () => 2;', 'export const f = () => 2;\n'],
			['export function f() {\n\treturn 2;\n}', 'export function f() {\n\treturn 2;\n};\n'],
			['// Two\nexport const f = () => 2;', '// Two\nexport const f = () => 2;\n'],
			['f = () => {\n\tconst two = 2;\n}', 'export const f = () => {\n\tconst two = 2;\n};\n'],
			['f = () => 2', 'export const f = () => 2;\n'],
		] as const) {
			assert.equal(await applied(text, symbol(), code), expected);
		}
	});

	it('leaves what belongs to others: the comma behind a property, and what is before it on its line', async () => {
		const property = 'const o = {\n\tf: () => 1,\n\tg: 2,\n};\n';
		assert.equal(await applied(property, new Range(1, 1, 1, 11), 'f: () => 2'), property.replace('=> 1', '=> 2'));
		assert.equal(await applied(property, new Range(1, 1, 1, 11), 'f: () => 2,'), property.replace('=> 1', '=> 2'));
		assert.equal(
			await applied('const o = { f() {} };\n', new Range(0, 12, 0, 18), 'f() { return 2; }'),
			'const o = { f() { return 2; } };\n',
		);
		assert.equal(
			await applied('class A { f() { return 1; } }\n', new Range(0, 10, 0, 27), 'f() { return 2; }'),
			'class A { f() { return 2; } }\n',
		);
	});
});
