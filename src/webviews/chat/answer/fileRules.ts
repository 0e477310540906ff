import { uriDecoded } from '../../../common/decodedText';
import type { MarkdownIt } from 'markdown-it';

/** UTF-16 units. */
const maxLength = 300;

/** Letters of any language, and what names of files have beside. */
const plain = String.raw`\p{L}\p{M}\p{N}_@.+\-`;
/**
 * A path below the workspace with an ending, and a line where there is one. The host decides whether it is a file. Brackets
 * are for routes, as `app/(shop)/[id]/page.tsx`.
 */
const path = new RegExp(
	String.raw`^(?:\.\/)?(?:[${plain}()[\]]+\/)*(?!\.)[${plain}[\]]+\.[A-Za-z]\w{0,9}(?::\d{1,7}(?::\d{1,7})?|#L\d{1,7}(?:-L?\d{1,7})?)?$`,
	'u',
);

/** Endings by which a name alone is one of a file: `console.log` is none. */
const endings =
	/\.(?:[cm]?[jt]sx?|json[c5]?|mdx?|py|rb|rs|go|java|kts?|c|cc|cpp|cs|h|hpp|swift|php|sh|ps1|ya?ml|toml|ini|xml|html?|s?css|less|sql|txt|csv|lock|gradle|vue|svelte|ipynb)$/i;

/** Whether a piece of code in an answer names a file. */
export function namesFile(code: string): boolean {
	if (code.length > maxLength || !path.test(code) || code.split('/').includes('..')) return false;
	const [name = ''] = code.split(/[:#]/);
	return name.includes('/') || ((name !== code || endings.test(name)) && !name.includes('['));
}

/** A link without a scheme that leads below the workspace; undefined where it is something else. */
export function fileOfLink(href: string): string | undefined {
	const named = uriDecoded(href);
	const [file = ''] = named.split('#');
	const isOutside =
		/^[/\\?]|[\\:*"<>|]/.test(file.replace(/:\d{1,7}(?::\d{1,7})?$/, '')) || file.split('/').includes('..');
	return file === '' || isOutside || named.length > maxLength ? undefined : named;
}

/** Files that an answer names, in links and as code, are marked with `data-file`: an element without an address. */
export function fileRules(markdown: MarkdownIt, isLink: (href: string) => boolean): void {
	const { escapeHtml } = markdown.utils;
	/** Tokens are rendered in their order, one text after the other. */
	let isInLink = false;
	markdown.validateLink = (href) => isLink(href.trim()) || fileOfLink(href) !== undefined;
	markdown.renderer.rules['link_open'] = (tokens, i, options, _env, self) => {
		const token = tokens[i];
		const href = String(token?.attrGet('href') ?? '');
		const file = isLink(href) ? undefined : fileOfLink(href);
		isInLink = true;
		return file === undefined ? self.renderToken(tokens, i, options) : `<a data-file="${escapeHtml(file)}">`;
	};
	markdown.renderer.rules['link_close'] = (tokens, i, options, _env, self) => {
		isInLink = false;
		return self.renderToken(tokens, i, options);
	};
	markdown.renderer.rules['code_inline'] = (tokens, i) => {
		const { content = '' } = tokens[i] ?? {};
		const code = `<code>${escapeHtml(content)}</code>`;
		return isInLink || !namesFile(content) ? code : `<a data-file="${escapeHtml(content)}">${code}</a>`;
	};
}
