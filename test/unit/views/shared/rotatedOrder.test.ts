import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OrderRotation } from '../../../../src/keys/rotation/orderRotation';
import type { Keyring } from '../../../../src/keys/keyring/keyring';
import type { KeyId } from '../../../../src/pool/pool';
import { keyOperations, type KeyOperations } from '../../../../src/views/commands/keyOperations';
import { orderAfterStep } from '../../../../src/views/commands/orderAfterStep';
import { orderAfterDrop, seenOrder } from '../../../../src/views/shared/order';
import { rowsOf } from '../../../../src/views/shared/rows';
import { add, open } from '../../../support/keys/opened';
import { MemoryStore } from '../../../support/keys/memoryStore';
import { modern } from '../../../support/keys/sample';
import { answers, Rig } from '../../../support/pool/rig';
import { settingsOf, Written } from '../../../support/written';
import { otherOperations } from '../../../support/views/otherOperations';

const day = 24 * 3_600_000;
const begin = new Date(2026, 10, 24, 12).getTime();

/** A window as the composition root makes it: keyring, daily rotation, pool, and what the tree's commands do. */
class RotatingWindow {
	private constructor(
		readonly rig: Rig,
		readonly keyring: Keyring,
		readonly rotation: OrderRotation,
		readonly acts: KeyOperations,
	) {}

	static async open(store: MemoryStore, rig = new Rig({}, answers, { start: begin })): Promise<RotatingWindow> {
		const { keyring } = await open(store, rig.clock);
		const rotation = new OrderRotation({
			expression: settingsOf(new Written({ rotation: 'daily' })).rotation,
			clock: rig.clock,
			onInvalid: rethrow,
			report: rethrow,
		});
		const acts = keyOperations(keyring, rig.pool, rotation, otherOperations);
		const window = new RotatingWindow(rig, keyring, rotation, acts);
		keyring.onDidChange(() => window.apply());
		rotation.onDidChange(() => window.apply());
		await rig.clock.settle();
		window.apply();
		return window;
	}

	/** From top to bottom of the tree, by the number in the label. */
	get seen(): string {
		const labels = new Map(this.rig.pool.snapshot().keys.map(({ key }) => [key.id, key.label]));
		return seenOrder(rowsOf(this.rig.pool.snapshot()))
			.map((id) => labels.get(id)?.replace('Key ', '') ?? '?')
			.join(' ');
	}

	idOf(label: string): KeyId {
		const found = this.keyring.list().keys.find((key) => key.label === `Key ${label}`);
		assert.ok(found, label);
		return found.id;
	}

	drag(label: string, onto: string | undefined): Promise<void> {
		const { pool } = this.rig;
		const target = onto === undefined ? undefined : this.idOf(onto);
		return this.acts.arrange(() =>
			orderAfterDrop(pool.snapshot(), rowsOf(pool.snapshot()), [this.idOf(label)], target),
		);
	}

	step(label: string, direction: 'up' | 'down'): Promise<void> {
		return this.acts.arrange(() => orderAfterStep(this.rig.pool.snapshot(), this.idOf(label), direction));
	}

	dispose(): void {
		this.rotation.dispose();
		this.keyring.dispose();
		this.rig.pool.dispose();
	}

	private apply(): void {
		const { keys, projects } = this.keyring.list();
		this.rig.pool.setKeys(this.rotation.order(keys), projects);
	}
}

function rethrow(error: unknown): void {
	throw error;
}

const moved = (order: readonly string[], key: string, to: number): string => {
	const rest = order.filter((one) => one !== key);
	return [...rest.slice(0, to), key, ...rest.slice(to)].join(' ');
};

describe('moving keys while the order rotates daily', () => {
	it('gives the order that people see, by drag and by keyboard, today, tomorrow and in the next window', async () => {
		const store = new MemoryStore();
		const window = await RotatingWindow.open(store);
		await add(window.keyring, ...[1, 2, 3, 4, 5].map(modern));
		const first = window.seen;
		assert.notEqual(first, '1 2 3 4 5', 'the day has rotated it');
		for (let days = 0; days < 5; days += 1) {
			const before = window.seen.split(' ');
			const [top, second, third, , last] = before;
			assert.ok(top && second && third && last);
			await window.drag(last, top);
			assert.equal(window.seen, moved(before, last, 0), 'dragged to the top');
			await window.step(last, 'down');
			assert.equal(window.seen, moved(before, last, 1), 'a step down');
			await Promise.all([window.step(last, 'down'), window.step(last, 'down'), window.step(top, 'down')]);
			assert.equal(window.seen, [second, top, third, last, before[3]].join(' '), 'steps that come fast');
			await window.drag(third, undefined);
			const after = [second, top, last, before[3], third].join(' ');
			assert.equal(window.seen, after, 'dropped on empty space');
			const other = await RotatingWindow.open(store, new Rig({}, answers, { start: window.rig.clock.wall() }));
			assert.equal(other.seen, after, 'another window sees the same');
			other.dispose();
			await window.rig.clock.advance(day);
			assert.equal(window.seen, [top, last, before[3], third, second].join(' '), 'the first has gone to the end');
		}
		window.dispose();
	});

	it('does so with backup keys and keys that share a project among them, whatever is moved', async () => {
		const move = fc.record({
			what: fc.nat({ max: 6 }),
			how: fc.oneof(
				fc.record({ step: fc.constantFrom('up' as const, 'down' as const) }),
				fc.record({ onto: fc.option(fc.nat({ max: 6 }), { nil: undefined }) }),
			),
			days: fc.constantFrom(0, 0, 1, 3),
		});
		const keys = fc.array(fc.record({ backup: fc.boolean(), with: fc.nat({ max: 6 }) }), {
			minLength: 2,
			maxLength: 7,
		});
		await fc.assert(
			fc.asyncProperty(keys, fc.array(move, { minLength: 1, maxLength: 6 }), async (plans, moves) => {
				const window = await RotatingWindow.open(new MemoryStore());
				const added = await add(window.keyring, ...plans.map((_, n) => modern(n + 1)));
				for (const [n, plan] of plans.entries()) {
					const key = added[n];
					// That one may have gone into another project itself.
					const other = window.keyring.list().keys.find(({ id }) => id === added[plan.with]?.id);
					if (!key) continue;
					await window.keyring.update(key.id, {
						role: plan.backup ? 'backup' : 'primary',
						...(other && { project: other.project }),
					});
				}
				for (const { what, how, days } of moves) {
					await window.rig.clock.advance(days * day);
					const snapshot = window.rig.pool.snapshot();
					const key = added[what % added.length];
					const onto = 'onto' in how && how.onto !== undefined ? added[how.onto % added.length] : undefined;
					if (!key) continue;
					const wanted =
						'step' in how
							? orderAfterStep(snapshot, key.id, how.step)
							: orderAfterDrop(snapshot, rowsOf(snapshot), [key.id], onto?.id);
					const before = seenOrder(rowsOf(snapshot));
					await window.acts.arrange(() => wanted);
					const after = window.rig.pool.snapshot();
					assert.deepEqual(seenOrder(rowsOf(after)), wanted ?? before, 'the tree');
					if (wanted)
						assert.deepEqual(
							after.keys.map((view) => view.key.id),
							wanted,
							'and the pool, too',
						);
				}
				window.dispose();
			}),
			{ numRuns: 60 },
		);
	});
});
