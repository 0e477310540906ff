import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { fileRules } from './fileRules';
import { mathRules } from './mathRules';
import { taskRules } from './taskRules';

const tags = [
	...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 's', 'code', 'pre', 'blockquote'],
	...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'a'],
];
/** Attributes that hold no address. */
const plain = ['title', 'start', 'data-align', 'data-language', 'data-math', 'data-task', 'data-file'];
/** Cells of a block's tables beyond its own signs. */
const maxFilled = 4_096;
const linkSchemes = /^(?:https?|mailto):/i;

/**
 * Turns a model's Markdown into nodes that can neither run nor load anything: HTML stays text, an image becomes a
 * link, a link is http, https or mailto, or names a file for the host to look for. The sanitiser comes last and lets through only what is listed.
 */
export function createMarkdown(imageLabel: (alt: string) => string): (source: string) => DocumentFragment {
	const markdown = new MarkdownIt({
		html: false,
		linkify: true,
		typographer: false,
	});
	markdown.validateLink = (href) => linkSchemes.test(href.trim());
	// An answer is drawn in blocks: a definition, which is one of its own, would vanish, and its reference lead nowhere.
	markdown.disable('reference');
	markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
	fileRules(markdown, (href) => linkSchemes.test(href));
	mathRules(markdown);
	taskRules(markdown);
	// Short rows are filled up: a few signs below a wide header would become cells that take seconds to lay out.
	const [table] = markdown.block.ruler.getRules('');
	const bounded: typeof table = (state, from, to, isAsked) => {
		const columns = state.src.slice(state.bMarks[from], state.eMarks[from]).split('|').length;
		// Each cell before this table is three tokens.
		const left = maxFilled + state.src.length - state.tokens.length / 3;
		return table?.(state, from, Math.min(to, from + 2 + left / columns), isAsked) ?? false;
	};
	markdown.block.ruler.at('table', bounded, { alt: ['paragraph', 'reference'] });
	const { escapeHtml } = markdown.utils;

	markdown.renderer.rules['image'] = (tokens, i) => {
		const token = tokens[i];
		const src = String(token?.attrGet('src') ?? '');
		const label = escapeHtml(imageLabel(token?.content || src));
		return linkSchemes.test(src) ? `<a href="${escapeHtml(src)}">${label}</a>` : label;
	};
	markdown.renderer.rules['fence'] = (tokens, i) => {
		const { info = '', content = '' } = tokens[i] ?? {};
		const language = info.trim().split(/\s/)[0] ?? '';
		return `<pre data-language="${escapeHtml(language)}"><code>${escapeHtml(content)}</code></pre>\n`;
	};
	// The policy forbids inline styles, so a column's alignment travels as data.
	for (const cell of ['th_open', 'td_open']) {
		markdown.renderer.rules[cell] = (tokens, i, options, _env, self) => {
			const token = tokens[i];
			const align = String(token?.attrGet('style') ?? '').replace('text-align:', '');
			if (token && align !== '') {
				token.attrs = [['data-align', align]];
			}
			return self.renderToken(tokens, i, options);
		};
	}

	return (source) => {
		const fragment = DOMPurify.sanitize(markdown.render(source), {
			RETURN_DOM_FRAGMENT: true,
			ALLOWED_TAGS: tags,
			ALLOWED_ATTR: ['href', ...plain],
			ADD_URI_SAFE_ATTR: plain,
			ALLOW_DATA_ATTR: false,
			ALLOW_ARIA_ATTR: false,
			ALLOWED_URI_REGEXP: linkSchemes,
		});
		// The sanitiser lets an empty address pass: that of the page itself.
		for (const link of fragment.querySelectorAll('a')) {
			if (!linkSchemes.test(link.getAttribute('href') ?? '')) link.removeAttribute('href');
			if (link.dataset['file'] !== undefined && !link.hasAttribute('href')) {
				link.tabIndex = 0;
				link.setAttribute('role', 'link');
			}
		}
		return fragment;
	};
}
