import assert from 'node:assert/strict';
import type { GatewayView } from '../../../../src/views/shared/gatewayView';
import type * as used from '../../../../src/views/tree/keysTree';
import type * as shown from '../../../../src/views/tree/keysView';
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
		const tree = new KeysTree({ view, redraw: () => undefined } as unknown as shown.Stage, {
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

describe('the badge of the keys view', () => {
	it('counts keys that need a person, and calls a team’s gateway that knows no such token by its name: nobody holds a key there', async () => {
		const editor = new EditorStandIn();
		const view: { badge?: { readonly tooltip: string }; readonly dispose: () => void } = { dispose: () => undefined };
		class EventEmitter {
			readonly event = (): void => undefined;
			readonly dispose = (): void => undefined;
		}
		Object.assign(editor.api, { EventEmitter });
		Object.assign(editor.api.window, { createTreeView: () => view });
		const { KeysView } = editor.read('../views/tree/keysView') as typeof shown;
		const clock = new VirtualClock(noon);
		const keys = snapshotOf([keyView('A', standings.leaked), keyView('B', standings.usable)]);
		const pool = Object.assign(new SettablePool(keys), { gateway: (): GatewayView | undefined => undefined });
		const keysView = new KeysView({
			...{ pool, t: words.t, clock: { now: clock.wall, after: clock.after } },
			make: () => assert.fail('nobody has seen it'),
		});
		const tooltip = (): string | undefined => view.badge?.tooltip;
		assert.equal(tooltip(), '1 key needs attention');
		pool.gateway = () => ({ host: 'kp.example' });
		pool.set(snapshotOf([keyView('A', standings.usable)]));
		await clock.advance(100);
		assert.equal(tooltip(), undefined);
		pool.set(snapshotOf([keyView('the token', standings.leaked)]));
		await clock.advance(100);
		assert.equal(tooltip(), 'Team gateway kp.example: does not know your token');
		keysView.dispose();
	});
});
