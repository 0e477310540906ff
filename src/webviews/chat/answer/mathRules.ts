import type { MarkdownIt } from 'markdown-it';

/** How a formula begins and ends. `$` within a line needs more: amounts of money have it, too. */
const pairs = [
	{ open: '$$', close: '$$', display: true },
	{ open: '\\[', close: '\\]', display: true },
	{ open: '\\(', close: '\\)', display: false },
	{ open: '$', close: '$', display: false },
] as const;

/** UTF-16 units of a formula. */
const maxLength = 4_000;

/**
 * Formulas: `$…$` and `\(…\)` within a line, `$$…$$` and `\[…\]` on their own. Each becomes its source in an element with
 * `data-math`, to be typeset later; HTML is never made of it here.
 */
export function mathRules(markdown: MarkdownIt): void {
	const { escapeHtml } = markdown.utils;
	const code = (tex: string, display: boolean): string =>
		`<code data-math="${display ? 'block' : 'inline'}">${escapeHtml(tex)}</code>`;

	markdown.inline.ruler.before('escape', 'math', (state, silent) => {
		const pair = pairs.find(({ open }) => state.src.startsWith(open, state.pos));
		const tex = pair && formulaAt(state.src, state.pos + pair.open.length, pair.close);
		if (!pair || tex === undefined) return false;
		if (!silent) {
			const token = state.push('math', '', 0);
			token.content = tex;
			token.meta = { display: pair.display };
		}
		state.pos += pair.open.length + tex.length + pair.close.length;
		return true;
	});

	// A formula of several lines is no list, whatever its lines begin with.
	markdown.block.ruler.before(
		'fence',
		'math_block',
		(state, startLine, endLine, silent) => {
			const lineOf = (line: number): string =>
				state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
			const first = lineOf(startLine).trim();
			const pair = pairs.find(({ open, display }) => display && first.startsWith(open));
			const isIndented = (state.sCount[startLine] ?? 0) - state.blkIndent >= 4;
			if (!pair || isIndented) return false;
			const rest = first.slice(pair.open.length);
			// What begins and ends on one line is a part of a paragraph.
			if (rest.includes(pair.close)) return false;
			const lines = [rest];
			for (let line = startLine + 1; line < endLine && lines.length < 200; line++) {
				const text = lineOf(line);
				if (text.trim() !== '' && (state.sCount[line] ?? 0) < state.blkIndent) return false;
				const end = text.indexOf(pair.close);
				if (end === -1) {
					lines.push(text);
					continue;
				}
				if (text.slice(end + pair.close.length).trim() !== '') return false;
				const tex = [...lines, text.slice(0, end)].join('\n').trim();
				if (tex === '' || tex.length > maxLength) return false;
				if (silent) return true;
				const token = state.push('math', '', 0);
				token.block = true;
				token.content = tex;
				token.meta = { display: true };
				token.map = [startLine, line + 1];
				state.line = line + 1;
				return true;
			}
			return false;
		},
		{ alt: ['paragraph', 'reference', 'blockquote', 'list'] },
	);

	markdown.renderer.rules['math'] = (tokens, i) => {
		const { content = '', meta, block = false } = tokens[i] ?? {};
		const html = code(content, isDisplay(meta));
		return block ? `<p>${html}</p>\n` : html;
	};
}

function isDisplay(meta: unknown): boolean {
	return typeof meta === 'object' && meta !== null && 'display' in meta && meta.display === true;
}

/** What stands between `from` and the end of the formula; undefined where there is none. */
function formulaAt(source: string, from: number, close: string): string | undefined {
	// No further than a formula may be long: a text can begin any number of them.
	const within = source.slice(from, from + maxLength + close.length);
	let end = within.indexOf(close);
	// A dollar sign that is escaped ends nothing.
	while (end > 0 && close.startsWith('$') && within[end - 1] === '\\') end = within.indexOf(close, end + 1);
	if (end === -1) return undefined;
	const tex = within.slice(0, end);
	if (tex.trim() === '' || /\n\s*\n/.test(tex)) return undefined;
	const isMoney = /^\s|\s$/.test(tex) || /^\d/.test(within.slice(end + 1, end + 2)) || tex.includes('\n');
	return close === '$' && isMoney ? undefined : tex;
}
