import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import type * as used from '../../../../src/views/dashboard/saveExport';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { historyOf } from '../../../support/views/dashboard/facts';
import { noon, snapshotOf } from '../../../support/views/snapshots';

const editor = new EditorStandIn();
Object.assign(editor.api, {
	workspace: {},
	window: {
		...editor.api.window,
		showQuickPick: async (items: Promise<readonly unknown[]>) => (await items)[0],
		showSaveDialog: () => Promise.resolve({ path: '/w/keypool-usage.csv' }),
	},
});
const { exportUsage } = editor.read('../views/dashboard/saveExport') as typeof used;

const facts = { snapshot: snapshotOf([]), history: historyOf([], []), now: noon, mask: createMasker().mask };

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
});
