import type { Formulas } from '../math/formulas';
import { CodeBlock, type CodeTools } from './codeBlock';
import type { Frames } from './frames';
import type { Highlight, Piece } from './highlight';
import { Splitter, type Block } from './splitter';

export interface TextTools extends CodeTools {
	readonly frames: Frames;
	readonly markdown: (source: string) => DocumentFragment;
	readonly highlight: Highlight;
	readonly formulas: Pick<Formulas, 'fill'>;
}

/** UTF-16 units that are split in one step, and of a growing text block beyond which it is shown plain until it settles. */
const sliceLength = 50_000;
const longTail = 40_000;

type Drawn =
	| { readonly type: 'text'; readonly element: HTMLElement; source: string }
	| {
			readonly type: 'code';
			readonly element: HTMLElement;
			readonly code: CodeBlock;
	  };

/** An answer's text on screen. Blocks that have settled are drawn once; only the last one is drawn again as it grows. */
export class AnswerText {
	readonly element = document.createElement('div');
	private splitter = new Splitter();
	private text = '';
	private generation: number | undefined;
	private taken = 0;
	private complete = false;
	private ended = false;
	private settledDrawn = 0;
	private tail: Drawn | undefined;
	/** What is on screen belongs to a text that was taken back. */
	private stale = false;
	private readonly uncoloured: {
		readonly code: CodeBlock;
		readonly pieces: Iterator<Piece>;
	}[] = [];
	private readonly draw = () => this.drawNext();
	private readonly colour = () => this.colourNext();

	constructor(private readonly tools: TextTools) {
		this.element.className = 'markdown';
	}

	/** The text so far. Another generation is another text: the old one stays on screen until the new one has something to show. */
	update(text: string, generation: number, complete: boolean): void {
		if (this.generation !== generation || (this.ended && text !== this.text)) {
			this.restart(generation);
		}
		if (text === this.text && complete === this.complete && !this.stale) {
			return;
		}
		this.text = text;
		this.complete = complete;
		this.tools.frames.request(this.draw);
	}

	dispose(): void {
		this.tools.frames.cancel(this.draw);
		this.tools.frames.cancel(this.colour);
	}

	private restart(generation: number): void {
		this.stale = this.generation !== undefined;
		this.generation = generation;
		this.splitter = new Splitter();
		this.text = '';
		this.taken = 0;
		this.ended = false;
		this.settledDrawn = 0;
		this.tail = undefined;
		this.uncoloured.length = 0;
	}

	/** Does one small step; true while more is left. */
	private drawNext(): boolean {
		if (this.taken < this.text.length) {
			const slice = this.text.slice(this.taken, this.taken + sliceLength);
			this.splitter.push(slice);
			this.taken += slice.length;
			return true;
		}
		if (this.complete && !this.ended) {
			this.ended = true;
			this.splitter.end();
		}
		const block = this.splitter.settled[this.settledDrawn];
		const shown = block ?? this.splitter.tail;
		if (this.stale && (shown || this.complete)) {
			this.stale = false;
			// Drawn anew it takes many frames to get as long again: a reader further down keeps the place meanwhile.
			this.element.style.minHeight = `${this.element.offsetHeight}px`;
			this.element.replaceChildren();
		}
		if (block) {
			this.settle(block);
			this.settledDrawn++;
			return true;
		}
		if (shown) {
			this.tail = this.drawn(shown);
		}
		this.element.style.minHeight = '';
		return false;
	}

	private settle(block: Block): void {
		const drawn = this.drawn(block, true);
		this.tail = undefined;
		if (drawn.type === 'code') {
			this.colourLater(drawn.code, block.type === 'code' ? block.language : '');
			return;
		}
		for (const pre of drawn.element.querySelectorAll('pre')) {
			const code = new CodeBlock(this.tools);
			const language = pre.dataset['language'] ?? '';
			code.update(language, pre.textContent);
			pre.replaceWith(code.element);
			this.colourLater(code, language);
		}
	}

	/** Draws the block in the tail's place where it is of the same type, else at the end. */
	private drawn(block: Block, settled = false): Drawn {
		const drawn = this.tail?.type === block.type ? this.tail : this.replaced(block);
		if (drawn.type === 'code') {
			drawn.code.update(block.type === 'code' ? block.language : '', block.source);
		} else if (settled || drawn.source !== block.source) {
			drawn.source = block.source;
			const plain = !settled && block.source.length > longTail;
			drawn.element.replaceChildren(plain ? block.source : this.tools.markdown(block.source));
			this.tools.formulas.fill(drawn.element);
		}
		return drawn;
	}

	private replaced(block: Block): Drawn {
		this.tail?.element.remove();
		const drawn = this.created(block);
		this.element.append(drawn.element);
		return drawn;
	}

	private created(block: Block): Drawn {
		if (block.type === 'code') {
			const code = new CodeBlock(this.tools);
			return { type: 'code', element: code.element, code };
		}
		const element = document.createElement('div');
		element.className = 'block';
		element.dir = 'auto';
		return { type: 'text', element, source: '' };
	}

	private colourLater(code: CodeBlock, language: string): void {
		const pieces = language === '' ? undefined : this.tools.highlight(code.text, language.toLowerCase());
		if (pieces) {
			this.uncoloured.push({ code, pieces });
			this.tools.frames.request(this.colour);
		}
	}

	private colourNext(): boolean {
		const [next] = this.uncoloured;
		const piece = next?.pieces.next();
		if (next && piece?.done === false) {
			next.code.colour(piece.value);
		} else {
			this.uncoloured.shift();
		}
		return this.uncoloured.length > 0;
	}
}
