import assert from 'node:assert/strict';
import manifest from '../../../../package.json';
import { menuContextOf } from '../../../../src/views/shared/menuContext';
import type * as used from '../../../../src/views/shared/updateMenus';
import { EditorStandIn } from '../../../support/ui/editor';
import { VirtualClock } from '../../../support/virtualClock';
import * as snapshots from '../../../support/views/snapshots';

const { keyView, modelView, noon, snapshotOf, spendingOf, standings } = snapshots;

const good = keyView('A', standings.usable);
const shownIn = (...args: Parameters<typeof snapshotOf>): readonly string[] =>
	Object.entries(menuContextOf(snapshotOf(...args))).flatMap(([name, value]) => (value ? [name] : []));

describe('what the palette offers', () => {
	it('is nothing to resume, clear, raise or release while there is nothing of the kind', () => {
		assert.deepEqual(shownIn([good]), []);
	});

	it('is Resume while the pool is paused, and Clear the Rest while one that can be cleared is there', () => {
		assert.deepEqual(shownIn([good], { paused: { reason: 'leaked', by: 'A', since: noon } }), ['keypool.isPaused']);
		assert.deepEqual(shownIn([keyView('A', standings.minute)]), ['keypool.canClearRest']);
		const models = [modelView(standings.day)];
		assert.deepEqual(shownIn([keyView('A', standings.usable, { models })]), ['keypool.canClearRest']);
		assert.deepEqual(shownIn([keyView('A', { ...standings.day, reason: 'cap' })]), []);
	});

	it('is what budgets and stopped programs need, where there are some', () => {
		const spending = spendingOf(1, 1, { month: 3 });
		assert.deepEqual(shownIn([good], { spending }), ['keypool.hasBudget']);
		assert.deepEqual(shownIn([keyView('A', standings.usable, { spending })]), ['keypool.hasBudget']);
		const clients = [
			{ client: 'lm:x', spending: spendingOf(1, 1), held: { since: noon, cause: 'repeatedCall' } },
		] as const;
		assert.deepEqual(shownIn([good], { clients }), ['keypool.hasStoppedClient']);
	});

	it('is asked for by these names, and acts on one key are in no palette', () => {
		const { commandPalette, 'view/item/context': context, 'keypool.project': ofProject } = manifest.contributes.menus;
		const conditions = commandPalette.map(({ when }) => when).join(' ');
		for (const name of Object.keys(menuContextOf(snapshotOf([])))) assert.ok(conditions.includes(name), name);
		const hidden = commandPalette.flatMap(({ command, when }) => (when === 'false' ? [command] : []));
		const ofKeys = context.filter(({ when }) => when.startsWith('view == keypool.keys'));
		const onRows = [...ofKeys, ...ofProject].flatMap((item) => ('command' in item ? [item.command] : []));
		const alsoElsewhere = ['keypool.clearRest', 'keypool.resume'];
		assert.deepEqual([...new Set(onRows)].filter((command) => !hidden.includes(command)).sort(), alsoElsewhere);
	});

	it('is nothing that extensions knew before they were restarted in this window: a filter, an Undo and a lock are gone', () => {
		const editor = new EditorStandIn();
		const context = new Map<string, unknown>([
			['keypool.filtered', true],
			['keypool.canUndoRemove', true],
			['keypool.keysLocked', true],
		]);
		Object.assign(editor.api, {
			commands: {
				executeCommand: (_: string, name: string, value: unknown) => Promise.resolve(context.set(name, value)),
			},
		});
		const { updateMenus } = editor.read('../views/shared/updateMenus') as typeof used;
		const clock = new VirtualClock(noon);
		const pool = new snapshots.SettablePool(snapshotOf([good]));
		updateMenus(pool, { now: clock.wall, after: clock.after }).dispose();
		assert.deepEqual(new Set(context.values()), new Set([false]));
	});
});
