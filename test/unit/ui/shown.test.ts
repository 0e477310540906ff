import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type * as inputBox from '../../../src/ui/inputBox';
import type * as messages from '../../../src/ui/messages';
import type * as progress from '../../../src/ui/progress';
import type * as quickPick from '../../../src/ui/quickPick';
import type * as statusBar from '../../../src/ui/statusBar';
import type * as hovers from '../../../src/ui/hover';
import { plain } from '../../../src/ui/markdown';
import { attackText, iconsIn, linksIn } from '../../support/ui/attackText';
import { EditorStandIn, textsIn } from '../../support/ui/editor';

const editor = new EditorStandIn();
const { askInformation, askWarning, showError, showInformation, showWarning, tellInDialog } = editor.read(
	'messages',
) as typeof messages;
const { withProgress } = editor.read('progress') as typeof progress;
const { createPick, iconButton, pickOne, pickSeveral } = editor.read('quickPick') as typeof quickPick;
const { askText, createInput } = editor.read('inputBox') as typeof inputBox;
const { createStatusItem, showBriefly } = editor.read('statusBar') as typeof statusBar;
const { hover } = editor.read('hover') as typeof hovers;

/** Each way of showing a text, with the text in every place that takes one. `links` and `icons`: what VS Code reads there. */
const ways: Readonly<
	Record<string, { readonly show: (text: string) => unknown; readonly reads: 'links' | 'icons' | 'both' }>
> = {
	showInformation: { reads: 'links', show: (text) => showInformation(text, text) },
	showWarning: { reads: 'links', show: (text) => showWarning(text, text) },
	showError: { reads: 'links', show: (text) => showError(text, text) },
	askWarning: { reads: 'links', show: (text) => askWarning(text, undefined, 'Yes') },
	askInformation: { reads: 'links', show: (text) => askInformation(text, undefined, 'Yes') },
	tellInDialog: { reads: 'links', show: (text) => tellInDialog(text, '', text, text) },
	withProgress: { reads: 'links', show: (text) => withProgress(text, (tell) => Promise.resolve(tell(text, 1))) },
	pickOne: {
		reads: 'icons',
		show: (text) => pickOne([{ label: text, description: text, detail: text }], { title: '', placeHolder: '' }),
	},
	pickSeveral: { reads: 'icons', show: (text) => pickSeveral([{ label: text, description: text }], { title: '' }) },
	createPick: { reads: 'icons', show: (text) => createPick('').setItems([{ label: text, detail: text }]) },
	askText: { reads: 'both', show: (text) => askText({ title: '', prompt: text }) },
	createInput: { reads: 'both', show: (text) => createInput('', text).setMessage({ text, isError: true }) },
	showBriefly: { reads: 'icons', show: (text) => showBriefly(text) },
	createStatusItem: { reads: 'icons', show: (text) => createStatusItem('keypool.status', 1).setText('key', text) },
};

describe('each way of showing a text', () => {
	beforeEach(() => editor.given.splice(0));

	for (const [name, { show, reads }] of Object.entries(ways)) {
		it(`${name}: a text stays plain text`, async () => {
			await fc.assert(
				fc.asyncProperty(attackText, async (text) => {
					editor.given.splice(0);
					await show(text);
					const texts = textsIn(editor.given);
					assert.ok(texts.length > 0, 'it shows something');
					for (const shown of texts) {
						if (reads !== 'icons') assert.deepEqual(linksIn(shown), []);
						if (reads !== 'links') assert.deepEqual(iconsIn(shown.replace(/^\$\(key\) /, '')), []);
						assert.doesNotMatch(shown, /[\n\u202e\u2066]/);
					}
				}),
				{ numRuns: 300 },
			);
		});
	}

	it('is known here', () => {
		const files = readdirSync(path.resolve(__dirname, '../../../src/ui')).sort();
		assert.deepEqual(files, [
			...['hover.ts', 'inputBox.ts', 'markdown.ts', 'messages.ts'],
			// It takes no text.
			'ownSymbol.ts',
			// It shows its title by `withProgress`.
			'patiently.ts',
			...['progress.ts', 'quickPick.ts', 'safeText.ts', 'statusBar.ts'],
		]);
	});

	it('titles, placeholders and buttons are on one line', async () => {
		const text = 'one\ntwo\u202e';
		const pick = createPick(text);
		pick.setTitle(text);
		iconButton('key', text);
		await pickOne([], { title: text, placeHolder: text });
		await askText({ title: text, placeHolder: text });
		assert.deepEqual(
			textsIn([...editor.given, iconButton('key', text).tooltip]),
			Array<string>(7).fill('one two\ufffd'),
		);
	});

	it('the message below a box is plain text, too', () => {
		void askText({ title: '', problem: (typed) => `[x](command:y)$(key)${typed}` });
		const [options] = editor.given as { validateInput: (typed: string) => string }[];
		assert.equal(options?.validateInput('!'), '[x] (command:y)$ (key)!');
	});

	it('a dialog keeps the lines of its detail', async () => {
		await askWarning('Why?', 'One.\n\nTwo.\u202e', 'Yes');
		assert.deepEqual(editor.given, ['Why?', { modal: true, detail: 'One.\n\nTwo.\ufffd' }, { title: 'Yes' }]);
	});

	it('a hover trusts only the commands that it was given, and no HTML', () => {
		const { isTrusted, value, supportHtml } = hover(plain('[x](command:y)'), ['keypool.resume']);
		assert.deepEqual([isTrusted, supportHtml], [{ enabledCommands: ['keypool.resume'] }, undefined]);
		assert.doesNotMatch(value, /[[(]/);
		assert.equal(hover(plain('x')).isTrusted, undefined);
	});
});

describe('what the user chooses', () => {
	it('is among rows of which the one that holds says so by a word as well: a screen reader reads no icon', async () => {
		const stand = new EditorStandIn();
		const { pickOne: pick } = stand.read('quickPick') as typeof quickPick;
		await pick(
			[
				{ label: 'Primary', isCurrent: true },
				{ label: 'in turn', description: 'roundRobin', isCurrent: true },
				{ label: 'Backup', isCurrent: false },
			],
			{ title: '' },
		);
		const [rows] = stand.given as readonly (readonly {
			readonly description?: string;
			readonly iconPath?: { readonly id: string };
		}[])[];
		assert.deepEqual(
			rows?.map(({ description, iconPath }) => [description, iconPath?.id]),
			[
				['current', 'check'],
				['roundRobin · current', 'check'],
				[undefined, undefined],
			],
		);
	});

	it('keeps a number beside words that are read from the right on its own side', async () => {
		editor.given.splice(0);
		await pickOne(
			['\u0645\u0631\u062d\u0628\u0627', 'Hello'].map((label) => ({ label, description: '18:40' })),
			{ title: '' },
		);
		const rows = editor.given.find(Array.isArray) as readonly { readonly label: string }[] | undefined;
		assert.deepEqual(
			rows?.map(({ label }) => label),
			['\u0645\u0631\u062d\u0628\u0627\u200e', 'Hello'],
		);
	});

	it('is returned as it was passed in, whatever was shown of it', async () => {
		const stand = new EditorStandIn();
		const rows = [
			{ label: '$(key) one', id: 1 },
			{ label: '$(key) two', id: 2 },
		];
		const window = Object.assign(stand.api.window, {
			showQuickPick: (items: Promise<readonly unknown[]>) => items.then(([, second]) => second),
			showWarningMessage: (...args: unknown[]) => Promise.resolve(args.at(-1)),
		});
		assert.ok(window);
		const { pickOne: pick } = stand.read('quickPick') as typeof quickPick;
		assert.equal(await pick(rows, { title: '' }), rows[1]);
		const { showWarning: warn } = stand.read('messages') as typeof messages;
		assert.equal(await warn('x', 'First', 'Second\n'), 'Second\n');
	});
});
