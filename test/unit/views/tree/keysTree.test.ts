import assert from 'node:assert/strict';
import type { GatewayView } from '../../../../src/views/shared/gatewayView';
import type * as used from '../../../../src/views/tree/keysTree';
import type { Stage } from '../../../../src/views/tree/keysView';
import { EditorStandIn } from '../../../support/ui/editor';
import { VirtualClock } from '../../../support/virtualClock';
import { keyView, noon, SettablePool, snapshotOf, standings, words } from '../../../support/views/snapshots';

describe('the keys view with a filter', () => {
	it('tells of it over the keys, and of no key over a team’s gateway, which stands there whatever the filter is', async () => {
		const editor = new EditorStandIn();
		Object.assign(editor.api, { commands: { executeCommand: () => Promise.resolve() } });
		const { KeysTree } = editor.read('../views/tree/keysTree') as typeof used;
		const none = { dispose: () => undefined };
		const view = { visible: true, message: '', onDidChangeVisibility: () => none, onDidChangeSelection: () => none };
		const clock = new VirtualClock(noon);
		const keys = snapshotOf([keyView('A', standings.usable), keyView('B', standings.minute)]);
		const pool = Object.assign(new SettablePool(keys), { gateway: (): GatewayView | undefined => undefined });
		const tree = new KeysTree({ view, redraw: () => undefined } as unknown as Stage, {
			...{ pool, words, clock: { now: clock.wall, after: clock.after }, isSimulated: () => false },
			arrange: () => undefined,
		});
		tree.filter = { type: 'state', state: 'usable' };
		assert.equal(view.message, 'Usable: 1 of 2 keys');
		pool.gateway = () => ({ host: 'gateway.invalid' });
		pool.set(snapshotOf([keyView('the token', standings.usable)], { rev: 2 }));
		await clock.advance(100);
		assert.deepEqual([tree.childrenOf().length, view.message], [1, '']);
		tree.dispose();
	});
});
