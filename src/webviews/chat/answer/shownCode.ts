import { invisibleIn } from '../../../common/invisible';

/** No character beyond these can be hidden. */
const visible = /^[\t\n\r\x20-\x7e]*$/;

/** Whether a code can be shown as it is, whatever stands beside it. */
export function isPlain(code: string): boolean {
	return visible.test(code);
}

/** Code with a mark in the place of each character that nobody sees, or that would change the order of others. */
export function shownCode(code: string): DocumentFragment {
	const shown = document.createDocumentFragment();
	let from = 0;
	for (const { start, end, name } of isPlain(code) ? [] : invisibleIn(code)) {
		shown.append(code.slice(from, start), mark(name));
		from = end;
	}
	shown.append(code.slice(from));
	return shown;
}

/** As `shownCode`, of code that is coloured already. */
export function markIn(coloured: DocumentFragment): void {
	const walker = document.createTreeWalker(coloured, NodeFilter.SHOW_TEXT);
	const texts: Text[] = [];
	while (walker.nextNode()) {
		if (walker.currentNode instanceof Text && !isPlain(walker.currentNode.data)) texts.push(walker.currentNode);
	}
	for (const text of texts) text.replaceWith(shownCode(text.data));
}

/** Its name is drawn by the style sheet, and no part of the text: what is selected and copied on screen is free of it. */
function mark(name: string): HTMLElement {
	const element = document.createElement('span');
	element.className = 'invisible';
	element.dataset['name'] = name;
	element.setAttribute('role', 'img');
	element.setAttribute('aria-label', name);
	return element;
}
