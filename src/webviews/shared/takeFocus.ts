/** Where the page has the focus and nothing in it has, a person goes on in `next`: the box of the chat, or what had it before. */
export function takeFocus(next: HTMLElement): void {
	if (document.hasFocus() && document.activeElement === document.body) next.focus({ preventScroll: true });
}
