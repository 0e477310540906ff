import assert from 'node:assert/strict';
import type { Assistant } from '../../../../src/editor/ask/assistant';
import type * as used from '../../../../src/editor/commands/rewrite';
import { keyId } from '../../../support/chat/fixtures';
import { createMasker } from '../../../../src/masking/masking';
import { ScriptedRequest } from '../../../support/chat/scriptedAsk';
import { DocumentsStandIn, FileUri, Range, type Document } from '../../../support/editor/documents';
import { textsIn } from '../../../support/ui/editor';

const file = new FileUri('file', '/w/a.ts');

/** `Edit Code…` on the second line; `meanwhile` happens while the answer is awaited. */
async function edited(
	meanwhile: (editor: DocumentsStandIn, document: Document) => void,
	whileTyping = false,
	{ line = 'two', answer = '2', uri = file } = {},
) {
	const editor = new DocumentsStandIn();
	const document = editor.open(uri, `one\n${line}\nthree\n`);
	const masker = createMasker();
	for (const key of ownKeys) masker.learnKey(key);
	Object.assign((editor.api as unknown as { window: object }).window, {
		activeTextEditor: { document, selection: new Range(1, 0, 2, 0), selections: [] },
	});
	editor.types = () => {
		if (whileTyping) meanwhile(editor, document);
		return 'Write a digit.';
	};
	const { editing, rewrite } = editor.read('../editor/commands/rewrite') as typeof used;
	const asked: string[] = [];
	const assistant = {
		keys: { load: () => Promise.resolve(true), hasKeys: true },
		files: { locate: () => Promise.resolve({ state: 'inside', path: '/w/a.ts' }) },
		heldKeys: { mayBeSent: () => Promise.resolve(true), keysIn: masker.keysIn },
		labelOf: () => 'Key 1',
		now: () => 0,
		words: { t: (text: string) => text, describeCount: String },
		report: (error: unknown) => assert.fail(String(error)),
		ask: (prompt: ConstructorParameters<typeof ScriptedRequest>[0], options: never, signal: AbortSignal) => {
			asked.push('sent');
			if (!whileTyping) meanwhile(editor, document);
			const request = new ScriptedRequest(prompt, options, signal);
			request.send({
				type: 'output',
				attempt: 1,
				value: { type: 'text', text: masker.maskKeys(`\`\`\`\n${answer}\n\`\`\``) },
			});
			const on = { key: keyId('k1'), model: 'flash' };
			request.send({ type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] });
			request.end();
			return request;
		},
	} as unknown as Assistant;
	const proposed: [string, string][] = [];
	const changes = {
		propose: (proposal: { document: unknown; range: unknown; replacement: string }) => {
			proposed.push([(proposal.document as Document).getText(proposal.range as Range), proposal.replacement]);
			return Promise.resolve('rejected' as const);
		},
	};
	await rewrite({ assistant, changes }, (snippet) => editing(snippet));
	return { asked, proposed, told: textsIn(editor.given).join('\n') };
}

/** Keys of the keyring. */
const ownKeys = ['sim-key-of-the-first-project', 'sim-key-of-the-second-project'] as const;

const stale = /The code has changed since then\. Nothing was applied: ask again\./;

describe('code that is rewritten', () => {
	it('is replaced where it is by then, also if lines before it changed while the instruction was written', async () => {
		for (const whileTyping of [false, true]) {
			const { proposed } = await edited(
				(editor, document) => editor.edit(document, new Range(0, 0, 0, 3), 'zero\nhalf'),
				whileTyping,
			);
			assert.deepEqual(proposed, [['two', '2']]);
		}
	});

	it('is not asked about where it was changed while the instruction was written', async () => {
		const { asked, proposed, told } = await edited(
			(editor, document) => editor.edit(document, new Range(1, 0, 1, 1), 'T'),
			true,
		);
		assert.deepEqual([asked, proposed], [[], []]);
		assert.match(told, stale);
	});

	it('is not asked about in a change that waits to be accepted: that could not be changed again', async () => {
		const uri = new FileUri('keypool-change', '/w/a.ts', '1');
		const { asked, told } = await edited(() => undefined, false, { uri });
		assert.deepEqual([asked, told], [[], 'Accept or reject the proposed change first.']);
	});

	it('is replaced in the file that was closed meanwhile, where it still stands at its place', async () => {
		const { proposed } = await edited((editor, document) => editor.close(document));
		assert.deepEqual(proposed, [['two', '2']]);
	});

	it('is replaced in the file under its new name where that, or its folder, was renamed meanwhile', async () => {
		for (const [from, to] of [
			['/w/a.ts', '/w/b.ts'],
			['/w', '/v'],
		] as const) {
			const { proposed } = await edited((editor) => {
				editor.rename(new FileUri('file', '/w/a.t'), new FileUri('file', '/w/a.t'));
				editor.rename(new FileUri('file', from), new FileUri('file', to));
			});
			assert.deepEqual(proposed, [['two', '2']], from);
		}
	});

	it('is left alone where the file was closed and then changed, or is gone', async () => {
		for (const text of ['zero\none\ntwo\nthree\n', undefined]) {
			const { proposed, told } = await edited((editor, document) => {
				editor.close(document);
				if (text === undefined) editor.onDisk.clear();
				else editor.open(file, text);
			});
			assert.deepEqual(proposed, []);
			assert.match(told, stale);
		}
	});

	it("keeps the person's own key, which the answer does not show", async () => {
		const [key, other] = ownKeys;
		const line = `connect("${key}"); again("${key}");`;
		const { proposed } = await edited(() => undefined, false, { line, answer: `open("${key}"); again("${key}");` });
		assert.deepEqual(proposed, [[line, `open("${key}"); again("${key}");`]]);
		// Without the key in its place nothing is proposed, least of all the mark that stands for it.
		const two = `connect("${key}", "${other}");`;
		const { proposed: none, told } = await edited(() => undefined, false, {
			line: two,
			answer: `open("${key}", "${other}");`,
		});
		assert.deepEqual(none, []);
		assert.match(told, /An answer does not show your own keys, and this code has several\./);
		const { proposed: without } = await edited(() => undefined, false, {
			line: two,
			answer: 'connect(process.env.KEY);',
		});
		assert.deepEqual(without, [[two, 'connect(process.env.KEY);']]);
	});
});
