import type { KeyId, Snapshot } from '../../pool/pool';
import { rowsOf, type Row, type Rows } from './rows';

/** All keys from top to bottom, as the tree shows them: those of a project or an account stand together. */
export function seenOrder(rows: Rows): readonly KeyId[] {
	return rows.top.flatMap((id) => keysBelow(rows, id));
}

/**
 * The order after rows were dropped on a row. A key that is dropped on one further down goes behind it, so that it ends
 * where it was dropped; on empty space it goes to the end. Undefined where nothing moves.
 *
 * @param shown the rows that were there to drop on: fewer than all while a filter is on.
 */
export function orderAfterDrop(
	snapshot: Snapshot,
	shown: Rows,
	dragged: readonly string[],
	target: string | undefined,
): readonly KeyId[] | undefined {
	const order = seenOrder(rowsOf(snapshot));
	const moving = new Set(dragged.flatMap((id) => keysBelow(shown, id)));
	const keys = order.filter((id) => moving.has(id));
	const rest = order.filter((id) => !moving.has(id));
	const [first] = keys;
	if (first === undefined) return undefined;
	if (target === undefined) return together(snapshot, [...rest, ...keys]);
	const on = keysBelow(shown, target);
	const [firstOn, lastOn] = [on[0], on.at(-1)];
	if (firstOn === undefined || lastOn === undefined || on.some((id) => moving.has(id))) return undefined;
	const isBelow = order.indexOf(firstOn) > order.indexOf(first);
	const at = isBelow ? rest.indexOf(lastOn) + 1 : rest.indexOf(firstOn);
	return together(snapshot, [...rest.slice(0, at), ...keys, ...rest.slice(at)]);
}

/** The same order, as the tree will show it. */
function together(snapshot: Snapshot, order: readonly KeyId[]): readonly KeyId[] {
	const views = new Map(snapshot.keys.map((view) => [view.key.id, view]));
	return seenOrder(rowsOf({ ...snapshot, keys: order.flatMap((id) => views.get(id) ?? []) }));
}

/** The keys that a row stands for: itself, or all of a group. */
export function keysBelow(rows: Rows, id: string): readonly KeyId[] {
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
