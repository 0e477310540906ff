import assert from 'node:assert/strict';
import type { KeyView, ModelView } from '../../../../src/pool/pool';
import type * as used from '../../../../src/views/commands/keyCommands';
import { keyOfRow, rowsOf } from '../../../../src/views/shared/rows';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { keyView, modelView, noon, SettablePool, snapshotOf, standings, words } from '../../../support/views/snapshots';

/** What is run when the button of *Why?* is pressed on a row. */
async function pressed(view: KeyView, row: string, button: string): Promise<readonly unknown[]> {
	const editor = new EditorStandIn();
	editor.presses = button;
	const ran: unknown[][] = [];
	Object.assign(editor.api, {
		commands: { executeCommand: (...of: unknown[]) => Promise.resolve(ran.push(of)) },
		env: { openExternal: (page: unknown) => Promise.resolve(ran.push(['opened', page])) },
		Uri: { parse: String },
	});
	const { keyCommands } = editor.read('../views/commands/keyCommands') as typeof used;
	const snapshot = snapshotOf([view]);
	const rows = rowsOf(snapshot);
	const modelOf = (id: unknown): ModelView | undefined => {
		const found = rows.byId.get(String(id));
		return found?.kind === 'model' ? found.view : undefined;
	};
	const parts: Partial<used.KeyCommandsParts> = {
		...{ pool: new SettablePool(snapshot), words, which: () => 'own', failureOf: () => undefined },
		clock: { now: () => noon, after: () => () => undefined },
		acts: { failed: (error: unknown) => assert.fail(String(error)) } as unknown as used.KeyCommandsParts['acts'],
		rows: { keyOf: (id: unknown) => keyOfRow(rows, id), modelOf } as unknown as used.RowLookup,
	};
	await keyCommands(parts as used.KeyCommandsParts)['keypool.explainKey'](row);
	return ran;
}

describe('the button of Why? on the row of a model', () => {
	const row = 'model:id of A/gemini-3.8-flash';

	it('acts on the key where the key is at fault: those who check and replace keys know no rows', async () => {
		const leaked = keyView('A', standings.leaked, { models: [modelView(standings.usable)] });
		assert.deepEqual(await pressed(leaked, row, 'Replace It…'), [['keypool.replaceKey', 'id of A']]);
		const fresh = keyView('A', standings.usable, { isVerified: false, models: [modelView(standings.usable)] });
		assert.deepEqual(await pressed(fresh, row, 'Check Now'), [['keypool.checkKey', 'id of A']]);
	});

	it('opens the page that helps, and does nothing to the key, where that is pressed', async () => {
		const leaked = keyView('A', standings.leaked, { models: [modelView(standings.usable)] });
		const page = 'https://aistudio.google.com/apikey';
		assert.deepEqual(await pressed(leaked, row, 'Open Google AI Studio'), [['opened', page]]);
		assert.deepEqual(await pressed(leaked, row, 'Close'), []);
	});

	it('acts on the model where that rests alone', async () => {
		const resting = keyView('A', standings.usable, { models: [modelView(standings.minute)] });
		assert.deepEqual(await pressed(resting, row, 'Clear the Rest'), [['keypool.clearRest', row]]);
	});
});

describe('the list of keys that a command asks about', () => {
	it('is not said to be empty, with the offer to add a key, while the keys are being read', async () => {
		const editor = new EditorStandIn();
		const { keyCommands } = editor.read('../views/commands/keyCommands') as typeof used;
		const rows = { keyOf: () => undefined } as unknown as used.RowLookup;
		const parts: Partial<used.KeyCommandsParts> = { pool: new SettablePool(snapshotOf([])), words, rows };
		await keyCommands({ ...parts, which: () => 'reading' } as used.KeyCommandsParts)['keypool.explainKey']();
		assert.deepEqual(textsIn(editor.given), ['Your keys are being read.']);
	});

	it('calls none usable that a demand for paid keys bars', async () => {
		const editor = new EditorStandIn();
		const { keyCommands } = editor.read('../views/commands/keyCommands') as typeof used;
		const keys = [keyView('A', standings.usable), keyView('B', standings.minute)];
		const pool = new SettablePool(snapshotOf(keys, { paidOnly: true }));
		const rows = { keyOf: () => undefined } as unknown as used.RowLookup;
		const clock = { now: () => noon, after: () => () => undefined };
		const parts: Partial<used.KeyCommandsParts> = { pool, words, rows, clock, which: () => 'own' };
		await keyCommands(parts as used.KeyCommandsParts)['keypool.explainKey']();
		const [list] = editor.given as [{ readonly description: string }[]];
		assert.deepEqual(
			list.map(({ description }) => description.split(' · ')[1]),
			['paid keys only', 'resting until 12:01: requests per minute used up'],
		);
	});
});
