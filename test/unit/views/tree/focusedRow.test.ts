import assert from 'node:assert/strict';
import { FocusedRow } from '../../../../src/views/tree/focusedRow';

describe('the row that the keyboard is on', () => {
	/** What the key binding does in VS Code before it runs our command. */
	function toggledTwice(row: FocusedRow, selection: readonly string[], focus: string): void {
		const has = selection.includes(focus);
		row.selectionChanged(has ? selection.filter((id) => id !== focus) : [...selection, focus]);
		row.selectionChanged(selection);
	}

	it('is the one whose selection was toggled, selected or not', () => {
		const row = new FocusedRow();
		toggledTwice(row, [], 'a');
		assert.equal(row.id, 'a');
		row.selectionChanged(['a']);
		toggledTwice(row, ['a'], 'a');
		assert.equal(row.id, 'a');
		toggledTwice(row, ['a'], 'b');
		assert.equal(row.id, 'b');
	});

	it('is not known from a click on another row', () => {
		const row = new FocusedRow();
		row.selectionChanged(['a']);
		row.selectionChanged(['b']);
		assert.equal(row.id, undefined);
	});
});
