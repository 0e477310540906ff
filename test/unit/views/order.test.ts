import assert from 'node:assert/strict';
import type { KeyId, Project } from '../../../src/pool/pool';
import { moveFor, stepFor } from '../../../src/views/order';
import { rowsOf } from '../../../src/views/rows';
import { keyView, modelView, snapshotOf, standings } from './snapshots';

const shared: Project = { id: 'p' as Project['id'], tier: 'free' };
const snapshot = snapshotOf([
	keyView('A', standings.usable, { models: [modelView(standings.usable)] }),
	keyView('B', standings.usable, { project: shared }),
	keyView('C', standings.usable),
	keyView('D', standings.usable, { project: shared }),
]);
const rows = rowsOf(snapshot);
const order = snapshot.keys.map(({ key }) => key.id);
const id = (label: string) => `id of ${label}` as KeyId;

/** The labels after a drop. */
function dropped(dragged: readonly string[], target: string | undefined): string {
	const move = moveFor(rows, order, dragged, target);
	if (!move) return 'nothing';
	const rest = order.filter((key) => !move.keys.includes(key));
	const at = move.before === undefined ? rest.length : rest.indexOf(move.before);
	assert.notEqual(at, -1);
	return [...rest.slice(0, at), ...move.keys, ...rest.slice(at)].map((key) => key.slice(-1)).join('');
}

describe('dropping keys', () => {
	it('puts a key where it was dropped, upwards and downwards, and on empty space at the end', () => {
		assert.equal(dropped([id('D')], id('A')), 'DABC');
		assert.equal(dropped([id('C')], id('B')), 'ACBD');
		assert.equal(dropped([id('A')], id('C')), 'BCAD');
		assert.equal(dropped([id('A')], id('D')), 'BCDA');
		assert.equal(dropped([id('B')], undefined), 'ACDB');
	});

	it('takes a model for its key, and a project for all its keys', () => {
		assert.equal(dropped([`model:${id('A')}/gemini-3.8-flash`], id('C')), 'BCAD');
		assert.equal(dropped(['project:p'], id('A')), 'BDAC');
		assert.equal(dropped([id('A')], 'project:p'), 'BCDA');
		assert.equal(dropped([id('C')], 'project:p'), 'ACBD');
	});

	it('moves nothing onto itself, onto its own project, or when something else was dropped', () => {
		for (const [dragged, target] of [
			[[id('A')], id('A')],
			[[id('B')], 'project:p'],
			[['paused'], id('A')],
			[['gone'], id('A')],
			[[id('A')], 'paused'],
			[[], undefined],
		] as const) {
			assert.equal(dropped(dragged, target), 'nothing');
		}
	});
});

describe('one step', () => {
	it('goes up and down, and nowhere at the ends', () => {
		assert.deepEqual(stepFor(order, id('B'), 'up'), { keys: [id('B')], before: id('A') });
		assert.deepEqual(stepFor(order, id('B'), 'down'), { keys: [id('B')], before: id('D') });
		assert.deepEqual(stepFor(order, id('C'), 'down'), { keys: [id('C')] });
		assert.equal(stepFor(order, id('A'), 'up'), undefined);
		assert.equal(stepFor(order, id('D'), 'down'), undefined);
		assert.equal(stepFor(order, id('Z'), 'down'), undefined);
	});
});
