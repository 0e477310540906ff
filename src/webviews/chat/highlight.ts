import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** UTF-16 units: about 15 ms on a slow machine. Longer code stays plain. */
const maxLength = 20_000;

export type Highlight = (code: string, language: string) => Node | undefined;

/** Colours code. Gives undefined for an unknown language and for code that would take too long. */
export function createHighlight(): Highlight {
	const highlighter = hljs.newInstance();
	const languages = {
		...{ bash, c, cpp, csharp, css, diff, go, java, javascript, json },
		...{ markdown, python, rust, sql, typescript, xml, yaml },
	};
	for (const [name, language] of Object.entries(languages)) {
		highlighter.registerLanguage(name, language);
	}
	return (code, language) => {
		if (code.length > maxLength || highlighter.getLanguage(language) === undefined) {
			return undefined;
		}
		const { value } = highlighter.highlight(code, { language, ignoreIllegals: true });
		return spansOnly(new DOMParser().parseFromString(value, 'text/html').body);
	};
}

/** Copies text and the highlighter's own spans out of the inert document, and nothing else whatever it holds. */
function spansOnly(from: Node): DocumentFragment {
	const to = document.createDocumentFragment();
	for (const child of from.childNodes) {
		if (child instanceof Text) {
			to.append(child.data);
		} else if (child instanceof HTMLSpanElement) {
			const span = document.createElement('span');
			span.className = child.className.replace(/[^\w\s-]/g, '');
			span.append(spansOnly(child));
			to.append(span);
		}
	}
	return to;
}
