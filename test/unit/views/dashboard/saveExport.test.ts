import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import type * as used from '../../../../src/views/dashboard/saveExport';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { historyOf } from '../../../support/views/dashboard/facts';
import { noon, snapshotOf } from '../../../support/views/snapshots';
import { eventually } from '../../../support/window/until';

const editor = new EditorStandIn();
const gone = new Error('It was moved away.');
Object.assign(editor.api, {
	commands: { executeCommand: () => Promise.reject(gone) },
	workspace: {},
	window: {
		...editor.api.window,
		showQuickPick: async (items: Promise<readonly unknown[]>) => (await items)[0],
		showSaveDialog: () => Promise.resolve({ path: '/w/keypool-usage.csv' }),
	},
});
const { exportUsage } = editor.read('../views/dashboard/saveExport') as typeof used;

const facts = () => ({ snapshot: snapshotOf([]), history: historyOf([], []), now: noon, mask: createMasker().mask });

describe('an export of usage', () => {
	it('that cannot be written says so, and what to look at; the log has the reason', async () => {
		const busy = Object.assign(new Error('EBUSY: resource busy or locked'), { code: 'EBUSY' });
		const reported: unknown[] = [];
		await exportUsage(facts, { replace: () => Promise.reject(busy) }, (error) => reported.push(error));
		assert.match(
			textsIn(editor.given).join('\n'),
			/keypool-usage\.csv cannot be written\..* no other program has it open/,
		);
		assert.deepEqual(reported, [busy]);
	});

	it('that cannot be shown says so', async () => {
		editor.given.splice(0);
		editor.presses = 'Open';
		const reported: unknown[] = [];
		await exportUsage(facts, { replace: () => Promise.resolve() }, (error) => reported.push(error));
		await eventually(() => assert.deepEqual(reported, [gone]));
		assert.ok(textsIn(editor.given).includes('That failed. See Keypool’s log for the reason.'));
	});

	it('has what is known when its place was chosen: its dialogs can have stood there for as long as somebody thinks', async () => {
		const { showSaveDialog } = editor.api.window as unknown as { readonly showSaveDialog: () => Promise<object> };
		let [now, written] = [noon, ''];
		Object.assign(editor.api.window, { showSaveDialog: () => ((now += 60_000), showSaveDialog()) });
		const keep = (_: unknown, text: string): Promise<void> => Promise.resolve(void (written = text));
		Object.assign(editor.api.window, {
			showQuickPick: async (items: Promise<readonly unknown[]>) => (await items).at(-1),
		});
		await exportUsage(
			() => ({ ...facts(), now }),
			{ replace: keep },
			(error) => assert.fail(String(error)),
		);
		assert.equal((JSON.parse(written) as { exportedAt: string }).exportedAt, new Date(noon + 60_000).toISOString());
	});
});
