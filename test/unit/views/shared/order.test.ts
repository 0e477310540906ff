import assert from 'node:assert/strict';
import type { KeyId, Project } from '../../../../src/pool/pool';
import { orderAfterStep } from '../../../../src/views/commands/orderAfterStep';
import { orderAfterDrop, seenOrder } from '../../../../src/views/shared/order';
import { rowsOf } from '../../../../src/views/shared/rows';
import { keyView, modelView, snapshotOf, standings } from '../../../support/views/snapshots';

const shared: Project = { id: 'p' as Project['id'], tier: 'free' };
// The tree shows A, then B and D of one project, then C.
const snapshot = snapshotOf([
	keyView('A', standings.usable, { models: [modelView(standings.usable)] }),
	keyView('B', standings.usable, { project: shared }),
	keyView('C', standings.usable),
	keyView('D', standings.usable, { project: shared }),
]);
const rows = rowsOf(snapshot);
const id = (label: string) => `id of ${label}` as KeyId;
const serviceMessage = (order: readonly KeyId[] | undefined): string =>
	order === undefined ? 'nothing' : order.map((key) => key.slice(-1)).join('');

const dropped = (dragged: readonly string[], target: string | undefined): string =>
	serviceMessage(orderAfterDrop(snapshot, rows, dragged, target));
const stepped = (label: string, step: 'up' | 'down', of = snapshot): string =>
	serviceMessage(orderAfterStep(of, id(label), step));

describe('the order that people see', () => {
	it('has the keys of a project together', () => {
		assert.equal(serviceMessage(seenOrder(rows)), 'ABDC');
	});
});

describe('dropping keys', () => {
	it('puts a key where it was dropped, upwards and downwards, and on empty space at the end', () => {
		assert.equal(dropped([id('C')], id('A')), 'CABD');
		assert.equal(dropped([id('D')], id('B')), 'ADBC');
		assert.equal(dropped([id('A')], id('C')), 'BDCA');
		assert.equal(dropped([id('A')], undefined), 'BDCA');
		assert.equal(dropped([id('B')], id('D')), 'ADBC');
	});

	it('takes a group along with the one of its keys that leads it, and goes round a group that it does not belong to', () => {
		assert.equal(dropped([id('D')], id('A')), 'DBAC');
		assert.equal(dropped([id('C')], id('B')), 'ACBD');
		assert.equal(dropped([id('A')], id('D')), 'BDAC');
	});

	it('takes a model for its key, and a project for all its keys', () => {
		assert.equal(dropped([`model:${id('A')}/gemini-3.8-flash`], id('C')), 'BDCA');
		assert.equal(dropped(['project:p'], id('A')), 'BDAC');
		assert.equal(dropped(['project:p'], undefined), 'ACBD');
		assert.equal(dropped([id('A')], 'project:p'), 'BDAC');
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

	it('leaves the keys that a filter hides in their places', () => {
		const shown = rowsOf(snapshot, { type: 'text', text: 'D' });
		assert.equal(serviceMessage(orderAfterDrop(snapshot, shown, ['project:p'], undefined)), 'ABDC');
		assert.equal(
			serviceMessage(orderAfterDrop(snapshot, rowsOf(snapshot, { type: 'text', text: 'C' }), [id('C')], undefined)),
			'ABDC',
		);
	});
});

describe('one step', () => {
	it('goes past the next row, which may be a group, and nowhere at the ends', () => {
		assert.equal(stepped('C', 'up'), 'ACBD');
		assert.equal(stepped('A', 'down'), 'BDAC');
		assert.equal(stepped('A', 'up'), 'nothing');
		assert.equal(stepped('C', 'down'), 'nothing');
		assert.equal(stepped('Z', 'down'), 'nothing');
	});

	it('goes within its group, and at the edge of that with it', () => {
		assert.equal(stepped('B', 'down'), 'ADBC');
		assert.equal(stepped('D', 'up'), 'ADBC');
		assert.equal(stepped('B', 'up'), 'BDAC');
		assert.equal(stepped('D', 'down'), 'ACBD');
	});

	it('does not count a pause, which stands first, as a row to go past', () => {
		const paused = { ...snapshot, paused: { reason: 'leaked', by: 'A', since: 0 } } as const;
		assert.equal(stepped('A', 'up', paused), 'nothing');
	});
});
