import { searchable } from '../../../common/searchable';

/** Matches that are shown; a reader of so many looks for something else. */
export const maxMatches = 1_000;

/** What is read as one text: a match never goes beyond one of them. */
const regions = '.question-text, .block, .code-block code';

/** Where `sought` stands in the conversation, in the order of reading, whatever the case and the accents. */
export function rangesOf(log: HTMLElement, sought: string): readonly Range[] {
	if (sought === '') return [];
	const needle = searchable(sought);
	const ranges: Range[] = [];
	for (const region of log.querySelectorAll(regions)) {
		for (const range of rangesIn(region, needle)) {
			ranges.push(range);
			if (ranges.length === maxMatches) return ranges;
		}
	}
	return ranges;
}

/** Text that is split among elements, as coloured code is, counts as one. Code within a block is a region of its own. */
function* rangesIn(region: Element, needle: string): Generator<Range> {
	const nodes = textNodes(region);
	const text = nodes.map(({ data }) => data).join('');
	const hay = searchable(text);
	let first = 0;
	let before = 0;
	for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + needle.length)) {
		const range = document.createRange();
		const place = (offset: number, isEnd: boolean): void => {
			for (let node = nodes[first]; node; node = nodes[++first]) {
				const inside = offset - before;
				if (inside < node.length || (isEnd && inside === node.length)) {
					if (isEnd) range.setEnd(node, inside);
					else range.setStart(node, inside);
					return;
				}
				before += node.length;
			}
		};
		place(at, false);
		place(at + needle.length, true);
		yield range;
	}
}

function textNodes(region: Element): readonly Text[] {
	const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
	const nodes: Text[] = [];
	while (walker.nextNode()) {
		const node = walker.currentNode;
		const holder = node.parentElement;
		// A formula has its source behind it, which nobody sees.
		if (node instanceof Text && holder?.closest(regions) === region && !holder.closest('annotation')) nodes.push(node);
	}
	return nodes;
}
