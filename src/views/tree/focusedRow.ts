/**
 * The row that the keyboard is on. VS Code tells extensions the selection alone, which the arrow keys leave behind. So the key
 * bindings of the tree toggle the selection of the focused row twice, before their command: nothing changes by that, and
 * the row that came or went last is the one.
 */
export class FocusedRow {
	private before: readonly string[] = [];
	private toggled: string | undefined;

	selectionChanged(selection: readonly string[]): void {
		const { before } = this;
		const changed = [
			...selection.filter((id) => !before.includes(id)),
			...before.filter((id) => !selection.includes(id)),
		];
		this.before = selection;
		this.toggled = changed.length === 1 ? changed[0] : undefined;
	}

	/** Undefined where the last change was no toggling. */
	get id(): string | undefined {
		return this.toggled;
	}
}
