import DOMPurify from 'dompurify';
import { renderToString } from 'katex';

/** Elements that KaTeX writes formulas with, and nothing that could load, link or run anything. */
const tags = [
	...['math', 'semantics', 'annotation', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace', 'msup', 'msub', 'msubsup'],
	...['mfrac', 'msqrt', 'mroot', 'mover', 'munder', 'munderover', 'mtable', 'mtr', 'mtd', 'mlabeledtr', 'mstyle'],
	...['mpadded', 'mphantom', 'menclose', 'mmultiscripts', 'mprescripts', 'none'],
];
/** Colours are the theme's alone. */
const attributes = [
	...['xmlns', 'display', 'encoding', 'mathvariant', 'mathsize', 'stretchy', 'fence', 'form', 'separator', 'accent'],
	...['accentunder', 'linethickness', 'lspace', 'rspace', 'minsize', 'maxsize', 'movablelimits', 'symmetric'],
	...['columnalign', 'columnspacing', 'columnlines', 'rowspacing', 'rowlines', 'displaystyle', 'scriptlevel'],
	...['width', 'height', 'depth', 'voffset', 'notation', 'largeop'],
];

/** What gives a name to others: three lines of it can become what a browser takes minutes to draw. */
const definition = /\\(?:[egx]?def|(?:re)?newcommand|providecommand)(?![A-Za-z])/;

/** A formula as MathML; undefined where it is none that KaTeX reads, or defines something. */
export type Typeset = (tex: string, display: boolean) => DocumentFragment | undefined;

export const typeset: Typeset = (tex, displayMode) => {
	if (definition.test(tex)) return undefined;
	try {
		const mathml = renderToString(tex, {
			...{
				displayMode,
				output: 'mathml',
				trust: false,
				strict: 'ignore',
				throwOnError: true,
			},
			// A few characters could become any number of others, of any size.
			...{ maxExpand: 200, maxSize: 20 },
		});
		return DOMPurify.sanitize(mathml, {
			RETURN_DOM_FRAGMENT: true,
			ALLOWED_TAGS: tags,
			ALLOWED_ATTR: attributes,
			ALLOW_DATA_ATTR: false,
			ALLOW_ARIA_ATTR: false,
		});
	} catch {
		return undefined;
	}
};
