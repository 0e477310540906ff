/**
 * What `&copy;` and the like stand for, as the browser knows it; the text itself where it names nothing. It stands in for what
 * markdown-it has for it, a list of two thousand names, and is called as that is.
 *
 * @param text from `&` to the first `;`, letters and digits alone between them: no markup
 */
export function decodeHTMLStrict(text: string): string {
	const element = document.createElement('i');
	element.innerHTML = text;
	const decoded = element.textContent;
	// HTML takes the beginning of a name for one, as in `&notit;`; then the end is left.
	return decoded.endsWith(';') && text !== '&semi;' ? text : decoded;
}
