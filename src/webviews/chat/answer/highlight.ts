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

/** UTF-16 units. Longer code stays plain: its spans would cost more than they are worth. */
const maxLength = 100_000;

/** UTF-16 units of a piece at the least: about 4 ms on a slow machine. A longer piece than the most stays plain. */
const leastPiece = 3_000;
const maxPiece = 16_000;
/** So does one of Markdown with a longer line: links that are begun and not ended cost the cube of their number. */
const longLine = /[^\n]{1000}/;
/** And code with a longer word of any letters, which costs the square of its length: 2 s for one in Java as long as a piece may be. */
const longWord = /[\w$\u0080-\uffff]{1000}/;

/** The next lines of a code, coloured. */
export interface Piece {
	readonly nodes: DocumentFragment;
	/** UTF-16 units of the code that they stand for; 0 where a step only prepared something. */
	readonly length: number;
}

/** Colours code in steps, none of which takes long. Gives undefined for an unknown language and for very long code. */
export type Highlight = (code: string, language: string) => Iterator<Piece> | undefined;

export function createHighlight(): Highlight {
	const highlighter = hljs.newInstance();
	const languages = {
		...{ bash, c, cpp, csharp, css, diff, go, java, javascript, json },
		...{ markdown, python, rust, sql, typescript, xml, yaml },
	};
	for (const [name, language] of Object.entries(languages)) {
		highlighter.registerLanguage(name, language);
	}
	const coloured = (code: string, language: string): DocumentFragment => {
		const { value } = highlighter.highlight(code, {
			language,
			ignoreIllegals: true,
		});
		return spansOnly(new DOMParser().parseFromString(value, 'text/html').body);
	};
	function* pieces(code: string, language: string): Generator<Piece> {
		// The first use of a language compiles it, which takes as long as a piece.
		yield { nodes: coloured('', language), length: 0 };
		const isMarkdown = highlighter.getLanguage(language)?.name === 'Markdown';
		let least = leastPiece;
		for (let from = 0; from < code.length;) {
			const piece = code.slice(from, endOfPiece(code, from + least));
			const isLong = piece.length > maxPiece || (isMarkdown ? longLine : longWord).test(piece);
			const nodes = isLong ? plain(piece) : coloured(piece, language);
			if (isWhole(nodes) || from + piece.length === code.length || least * 2 > maxPiece) {
				yield { nodes, length: piece.length };
				from += piece.length;
				least = leastPiece;
			} else {
				yield { nodes: plain(''), length: 0 };
				least *= 2;
			}
		}
	}
	return (code, language) =>
		code.length > maxLength || highlighter.getLanguage(language) === undefined ? undefined : pieces(code, language);
}

/** The end of a line, if near before one that begins something: what stands in braces is read together. */
function endOfPiece(code: string, from: number): number {
	const near = code.slice(from, from + leastPiece).search(/\n[^\s})\]]/);
	const end = near === -1 ? code.indexOf('\n', from) : from + near;
	return end === -1 ? code.length : end + 1;
}

/** Whether the code ends outside of comments and strings: a line end that belongs to one is coloured with it. */
function isWhole(nodes: DocumentFragment): boolean {
	return nodes.lastChild === null || nodes.lastChild instanceof Text;
}

function plain(text: string): DocumentFragment {
	const nodes = document.createDocumentFragment();
	nodes.append(text);
	return nodes;
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
