import assert from 'node:assert/strict';
import { innermost } from '../../../../src/editor/context/innermost';

interface Symbol {
	readonly name: string;
	readonly range: { contains(place: { line: number; character: number }): boolean };
	readonly children: readonly Symbol[];
}

function symbol(name: string, first: number, last: number, ...children: Symbol[]): Symbol {
	return { name, range: { contains: ({ line }) => line >= first && line <= last }, children };
}

describe('The symbol at the cursor', () => {
	const symbols = [symbol('imports', 0, 2), symbol('Class', 4, 20, symbol('a', 5, 8), symbol('b', 10, 15))];
	const at = (line: number) => innermost(symbols, { line, character: 0 })?.name;

	it('is the deepest one around it', () => {
		assert.deepEqual([at(1), at(6), at(12)], ['imports', 'a', 'b']);
	});

	it('is the outer one between its children, and none outside of all', () => {
		assert.deepEqual([at(9), at(3)], ['Class', undefined]);
	});
});
