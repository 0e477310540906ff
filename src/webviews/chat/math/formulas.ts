import type { Frames } from '../answer/frames';
import type { Typeset } from './typeset';

/** UTF-16 units: a longer formula stays as it was written. */
const maxLength = 4_000;

/** Formulas that are kept as they were drawn; the oldest go first. */
const maxKept = 300;

/** UTF-16 units beyond which a formula within a line gets a scroll bar of its own where the line is too narrow. */
const longFormula = 60;

/**
 * Puts typeset formulas in the place of what the Markdown left of them: their source, in elements with `data-math`. What
 * typesets is read when an answer has the first one; one formula is typeset at a time, so that no frame takes long.
 */
export class Formulas {
	private typeset: Typeset | undefined;
	private asked = false;
	private readonly waiting = new Set<HTMLElement>();
	private readonly kept = new Map<string, DocumentFragment | undefined>();
	private readonly next = () => this.drawNext();

	constructor(
		private readonly frames: Frames,
		private readonly load: () => Promise<Typeset>,
	) {}

	/** Draws at once what was drawn before, so that a growing answer does not flicker. */
	fill(root: ParentNode): void {
		for (const element of root.querySelectorAll('[data-math]')) {
			if (!(element instanceof HTMLElement) || element.textContent.length > maxLength) continue;
			if (this.kept.has(keyOf(element))) this.put(element);
			else this.later(element);
		}
	}

	private later(element: HTMLElement): void {
		this.waiting.add(element);
		if (this.typeset) {
			this.frames.request(this.next);
		} else if (!this.asked) {
			this.asked = true;
			void this.load().then(
				(typeset) => {
					this.typeset = typeset;
					this.frames.request(this.next);
				},
				// The formulas stay as they were written.
				() => undefined,
			);
		}
	}

	private drawNext(): boolean {
		const [element] = this.waiting;
		if (!element || !this.typeset) return false;
		this.waiting.delete(element);
		// The end of a growing answer is drawn again and again.
		if (element.isConnected) {
			const key = keyOf(element);
			if (!this.kept.has(key)) this.keep(key, this.typeset(element.textContent, element.dataset['math'] === 'block'));
			this.put(element);
		}
		return this.waiting.size > 0;
	}

	private keep(key: string, drawn: DocumentFragment | undefined): void {
		const [oldest] = this.kept.size >= maxKept ? this.kept.keys() : [];
		if (oldest !== undefined) this.kept.delete(oldest);
		this.kept.set(key, drawn);
	}

	private put(element: HTMLElement): void {
		const drawn = this.kept.get(keyOf(element));
		if (!drawn) return;
		const formula = document.createElement(element.dataset['math'] === 'block' ? 'div' : 'span');
		formula.className = `formula ${element.dataset['math'] ?? ''}`;
		if (element.textContent.length > longFormula) formula.classList.add('long');
		formula.append(drawn.cloneNode(true));
		element.replaceWith(formula);
	}
}

function keyOf(element: HTMLElement): string {
	return `${element.dataset['math'] ?? ''} ${element.textContent}`;
}
