/** Where the view has the focus and nothing in it has, a person goes on in `input`: to type at once after the view was opened. */
export function takeFocus(input: HTMLElement): void {
	if (document.hasFocus() && document.activeElement === document.body) input.focus({ preventScroll: true });
}
