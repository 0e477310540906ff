import type { KeyId } from '../pool/pool';
import type { Row, Rows } from './rows';

/** Where dropped keys go: before a key, or to the end. */
export interface Move {
	readonly keys: readonly KeyId[];
	/** Absent: the end. */
	readonly before?: KeyId;
}

/**
 * What dropping rows on a row means. `order` holds all keys in their order. A key that is dropped on one further down goes
 * behind it, so that it ends where it was dropped; on empty space it goes to the end. Undefined where nothing moves.
 */
export function moveFor(
	rows: Rows,
	order: readonly KeyId[],
	dragged: readonly string[],
	target: string | undefined,
): Move | undefined {
	const moving = new Set(dragged.flatMap((id) => keysBelow(rows, id)));
	const keys = order.filter((id) => moving.has(id));
	if (keys.length === 0) return undefined;
	const rest = order.filter((id) => !moving.has(id));
	const on = target === undefined ? undefined : keysBelow(rows, target);
	if (on?.some((id) => moving.has(id))) return undefined;
	const [firstOn, lastOn] = [on?.[0], on?.at(-1)];
	if (firstOn === undefined || lastOn === undefined) return target === undefined ? { keys } : undefined;
	const [first] = keys;
	const isBelow = first !== undefined && order.indexOf(firstOn) > order.indexOf(first);
	const before = isBelow ? rest[rest.indexOf(lastOn) + 1] : firstOn;
	return before === undefined ? { keys } : { keys, before };
}

/** One place up or down among all keys; undefined at the end of the way. */
export function stepFor(order: readonly KeyId[], key: KeyId, step: 'up' | 'down'): Move | undefined {
	const at = order.indexOf(key);
	if (at === -1 || at === (step === 'up' ? 0 : order.length - 1)) return undefined;
	const before = order[step === 'up' ? at - 1 : at + 2];
	return before === undefined ? { keys: [key] } : { keys: [key], before };
}

/** The keys that a row stands for: itself, or all of a group. */
function keysBelow(rows: Rows, id: string): readonly KeyId[] {
	const row: Row | undefined = rows.byId.get(id);
	switch (row?.kind) {
		case 'key':
			return [row.view.key.id];
		case 'model':
			return [row.key.key.id];
		case 'project':
		case 'account':
			return row.children.flatMap((child) => keysBelow(rows, child));
		default:
			return [];
	}
}
