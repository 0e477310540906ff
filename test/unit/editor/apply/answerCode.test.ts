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

describe('code of an answer where the editor shows a change that waits to be accepted', () => {
	it('goes nowhere, and says what to do first: the proposal is no file that it could be put into', async () => {
		const editor = new DocumentsStandIn();
		const document = editor.open(new FileUri('keypool-change', '/w/a.ts', '1'), 'one\n');
		const edit = () => assert.fail('the proposal is not to be changed');
		const activeTextEditor = { document, selection: new Range(0, 0, 1, 0), edit };
		Object.assign((editor.api as unknown as { window: object }).window, { activeTextEditor });
		const { createAnswerCode } = editor.read('../editor/apply/answerCode') as typeof used;
		const code = createAnswerCode({ propose: () => assert.fail('nothing is proposed') }, () => []);
		for (const act of ['insert', 'apply'] as const) {
			editor.given.splice(0);
			await code[act]('two');
			assert.equal(textsIn(editor.given).join(), 'Accept or reject the proposed change first.');
		}
	});
});
