import assert from 'node:assert/strict';
import type { BudgetShortage } from '../../../../src/pool/pool';
import type * as used from '../../../../src/views/notices/spendingWatch';
import { viewOf } from '../../../../src/views/shared/poolView';
import { answers, Rig } from '../../../support/pool/rig';
import { EditorStandIn } from '../../../support/ui/editor';
import { words } from '../../../support/views/snapshots';

describe('the watch over money', () => {
	it('asks a person what to do in a notice that stays: a warning goes out of sight while the request waits', async () => {
		const editor = new EditorStandIn();
		const shown: string[] = [];
		const stay = (text: string): Promise<undefined> => Promise.resolve(void shown.push(text));
		Object.assign(editor.api.window, { showErrorMessage: stay });
		const { startSpendingWatch } = editor.read('../views/notices/spendingWatch') as typeof used;
		const { pool, clock } = new Rig({ a: {} }, answers);
		const acts = {} as Parameters<typeof startSpendingWatch>[0]['acts'];
		const view = viewOf(pool);
		const watch = startSpendingWatch({ pool, view, words, acts, clock: { now: clock.wall, after: clock.after } });
		const shortage: BudgetShortage = { scope: 'pool', period: 'day', limit: 5e6, used: 4.9e6, needed: 250_000 };
		assert.deepEqual(await watch.ask({ shortage }, new AbortController().signal), { type: 'stop' });
		watch.dispose();
		assert.deepEqual([shown.length, editor.given], [1, []]);
	});
});
