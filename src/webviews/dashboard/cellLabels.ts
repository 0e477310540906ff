/** Tells each cell the name of its column: where a page is narrow, a row stands as a list, and its cells name themselves. */
export function labelCells(root: ParentNode): void {
	for (const table of root.querySelectorAll('table')) {
		const names = Array.from(table.tHead?.rows[0]?.cells ?? [], ({ textContent }) => textContent.trim());
		for (const { cells } of table.tBodies[0]?.rows ?? []) {
			// One that spans the table has no column.
			if (cells.length !== names.length) continue;
			for (const [n, cell] of [...cells].entries()) {
				if (cell.textContent.trim() === '') delete cell.dataset['label'];
				else cell.dataset['label'] = names[n];
			}
		}
	}
}
