import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/apply/applyDiff';
import { DocumentsStandIn, FileUri, Range } from '../../../support/editor/documents';
import { textsIn } from '../../../support/ui/editor';

const file = new FileUri('file', '/w/a.ts');
type Proposal = Parameters<used.ApplyDiff['propose']>[0];

/** A proposal for the second line of a document, and the outcome once there is one. */
function opened(text = 'one\ntwo\nthree\n') {
	const editor = new DocumentsStandIn();
	const { ApplyDiff } = editor.read('../editor/apply/applyDiff') as typeof used;
	const diff = new ApplyDiff();
	const document = editor.open(file, text);
	const outcomes: string[] = [];
	const propose = async (replacement: string): Promise<void> => {
		const proposal = { document, range: new Range(1, 0, 1, 3), replacement, title: 'a change' };
		void diff.propose(proposal as unknown as Proposal).then((outcome) => outcomes.push(outcome));
		await new Promise(setImmediate);
	};
	return { editor, diff, document, outcomes, propose, told: () => textsIn(editor.given).join('\n') };
}

describe('a change that is proposed', () => {
	it('goes where its lines are by then, and all of it is selected, whatever the line ends', async () => {
		const { editor, diff, document, outcomes, propose } = opened('one\r\ntwo\r\nthree\r\n');
		await propose('2\n2\n2');
		editor.edit(document, new Range(0, 0, 0, 0), 'zero\n');
		await diff.accept();
		assert.equal(document.text, 'zero\r\none\r\n2\r\n2\r\n2\r\nthree\r\n');
		assert.deepEqual([editor.selections, outcomes], [[new Range(2, 0, 4, 1)], ['accepted']]);
	});

	it('goes to where its document is open: another tab of it would stay in the group of the diff', async () => {
		const { editor, diff, document, propose } = opened();
		editor.openBeside(document);
		await propose('2');
		await diff.accept();
		assert.deepEqual([document.text, editor.columns[0]], ['one\n2\nthree\n', 2]);
	});

	it('is shown in the language of its document: by its path, the code of a notebook would be JSON, with an error', async () => {
		const { editor, document, propose } = opened();
		document.languageId = 'python';
		await propose('2');
		const shown = editor.documents.filter(({ uri }) => uri.scheme === 'keypool-change');
		assert.deepEqual(
			shown.map(({ text, languageId }) => [text, languageId]),
			[['one\n2\nthree\n', 'python']],
		);
	});

	it('is shown anew as its document is edited meanwhile', async () => {
		const { editor, diff, document, propose } = opened();
		await propose('2');
		const address = editor.tabs[0]?.input.modified;
		const shown: unknown[] = [];
		diff.onDidChange((uri) => shown.push(uri.toString(), diff.provideTextDocumentContent(uri)));
		editor.edit(document, new Range(0, 0, 0, 0), 'zero\n');
		assert.deepEqual(shown, [address?.toString(), 'zero\none\n2\nthree\n']);
	});

	it('is not applied, and says so, where its document cannot be shown any more', async () => {
		const { editor, diff, outcomes, propose, told } = opened();
		await propose('2');
		Object.assign(editor.api.window, { showTextDocument: () => Promise.reject(new Error('no such file')) });
		await diff.accept();
		assert.deepEqual([outcomes, told()], [[], 'The file cannot be changed.']);
	});

	it('is applied once, however often it is accepted', async () => {
		const { diff, document, outcomes, propose, told } = opened();
		await propose('2');
		await Promise.all([diff.accept(), diff.accept()]);
		assert.deepEqual([document.text, outcomes, told()], ['one\n2\nthree\n', ['accepted'], '']);
	});

	it('stays open where the file is read-only, and says so: an edit of the workspace would be shown there, never saved, and not undone', async () => {
		const { editor, diff, document, outcomes, propose, told } = opened();
		await propose('2');
		editor.isReadOnly = true;
		await diff.accept();
		assert.deepEqual(
			[document.text, editor.tabs.length, told()],
			['one\ntwo\nthree\n', 1, 'The file cannot be changed.'],
		);
		editor.isReadOnly = false;
		await diff.accept();
		assert.deepEqual([document.text, outcomes], ['one\n2\nthree\n', ['accepted']]);
	});

	it('is dropped where its lines have changed, and says so', async () => {
		const { editor, diff, document, outcomes, propose, told } = opened();
		await propose('2');
		editor.edit(document, new Range(1, 1, 1, 2), 'W');
		await diff.accept();
		assert.deepEqual([document.text, outcomes, editor.tabs], ['one\ntWo\nthree\n', ['stale'], []]);
		assert.match(told(), /^The code has changed since then/);
	});

	it('is the one whose button was pressed: with the setting that shows those of each group it need not be the active one', async () => {
		const { diff, document, outcomes, editor, propose } = opened();
		await propose('2');
		await propose('3');
		const [first, second] = editor.tabs.map(({ input }) => input.modified);
		await diff.accept(first);
		assert.deepEqual([document.text, outcomes], ['one\n2\nthree\n', ['accepted']]);
		await propose('4');
		await diff.reject(second);
		assert.deepEqual([outcomes, editor.tabs.length], [['accepted', 'rejected'], 1]);
	});

	it('is rejected, and its tab closed, where twenty others were proposed after it', async () => {
		const { editor, outcomes, propose } = opened();
		for (let n = 0; n < 20; n++) await propose(`${n}`);
		assert.deepEqual([outcomes, editor.tabs.length], [[], 20]);
		await propose('20');
		assert.deepEqual([outcomes, editor.tabs.length], [['rejected'], 20]);
	});

	it('is closed where extensions were restarted while it was open, and says so: it looked as if it could be accepted', async () => {
		const { editor, propose } = opened();
		await propose('2');
		const { ApplyDiff } = editor.read('../editor/apply/applyDiff') as typeof used;
		const again = new ApplyDiff();
		assert.deepEqual(editor.tabs, []);
		await again.accept();
		assert.match(
			textsIn(editor.given).join('\n'),
			/^A change was proposed before Keypool was restarted\. Nothing of it/,
		);
	});

	it('is rejected once its last tab is closed: one that is moved to another group goes on', async () => {
		const { editor, diff, document, outcomes, propose } = opened();
		await propose('2');
		for (const tab of [...editor.tabs]) editor.moveTab(tab);
		await diff.accept();
		assert.deepEqual([document.text, outcomes], ['one\n2\nthree\n', ['accepted']]);
		await propose('3');
		for (const tab of [...editor.tabs]) editor.closeTab(tab);
		await new Promise(setImmediate);
		assert.deepEqual(outcomes, ['accepted', 'rejected']);
	});

	it('is closed by VS Code where its file is deleted or renamed, and says so', async () => {
		const { editor, outcomes, propose, told } = opened();
		await propose('2');
		editor.onDisk.delete(file.toString());
		for (const tab of [...editor.tabs]) editor.closeTab(tab);
		await new Promise(setImmediate);
		assert.deepEqual(outcomes, ['stale']);
		assert.match(told(), /^The file of the proposed change was deleted or renamed\. Nothing was applied/);
	});

	it('is rejected where it is closed and its document is no file: of an output it was said that its file was deleted', async () => {
		const { editor, outcomes, propose, told } = opened();
		await propose('2');
		editor.absence = 'Unavailable';
		editor.onDisk.delete(file.toString());
		for (const tab of [...editor.tabs]) editor.closeTab(tab);
		await new Promise(setImmediate);
		assert.deepEqual([outcomes, told()], [['rejected'], '']);
	});
});
