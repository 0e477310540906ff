import type { KeyId, Snapshot } from '../../pool/pool';
import { keysBelow } from '../shared/order';
import { rowsOf, type Rows } from '../shared/rows';

/**
 * The order after a key went one row up or down: past its neighbour, which may be a group; at the edge of its own group
 * that one goes. Undefined at the end of the way.
 */
export function orderAfterStep(snapshot: Snapshot, key: KeyId, step: 'up' | 'down'): readonly KeyId[] | undefined {
	const rows = rowsOf(snapshot);
	for (let id: string = key; ;) {
		const parent = [...rows.byId.values()].find(({ children }) => children.includes(id));
		const siblings = (parent?.children ?? rows.top).filter((row) => keysBelow(rows, row).length > 0);
		const at = siblings.indexOf(id);
		const other = siblings[step === 'up' ? at - 1 : at + 1];
		if (at === -1) return undefined;
		if (other !== undefined) {
			const swapped = new Map([
				[id, other],
				[other, id],
			]);
			return flattened(rows, swapped);
		}
		if (parent === undefined) return undefined;
		id = parent.id;
	}
}

/** All keys from top to bottom, where some rows stand in each other's places. */
function flattened(rows: Rows, swapped: ReadonlyMap<string, string>): readonly KeyId[] {
	const below = (id: string): readonly KeyId[] => {
		const row = rows.byId.get(id);
		if (row?.kind !== 'project' && row?.kind !== 'account') return keysBelow(rows, id);
		return row.children.flatMap((child) => below(swapped.get(child) ?? child));
	};
	return rows.top.flatMap((id) => below(swapped.get(id) ?? id));
}
