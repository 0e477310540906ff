import type { ChatStrings } from '../../chatStrings';
import type { CodeAct } from '../../protocol';
import type { Piece } from './highlight';
import { isPlain, markIn, shownCode } from './shownCode';

/** Lines that are laid out together: a growing block lays out its last chunk only. */
const chunkLines = 100;

export interface CodeTools {
	readonly strings: Pick<
		ChatStrings,
		'applyCode' | 'code' | 'copyCode' | 'hiddenCharacters' | 'insertCode' | 'newFile' | 'wrapCode'
	>;
	/** Resolves to whether it could be done. */
	readonly copy: (text: string) => Promise<boolean>;
	readonly put: (act: CodeAct, code: string, language: string) => Promise<boolean>;
	/** Whether long lines are wrapped, in all blocks alike. */
	readonly wrap: { readonly isOn: () => boolean; readonly toggle: () => void };
}

/** Lines that are not coloured yet. */
interface Chunk {
	readonly element: HTMLElement;
	/** What it shows, hidden characters included. */
	text: string;
}

/** A block of code on screen: its language, what can be done with it, and the code, which can grow. */
export class CodeBlock {
	readonly element = document.createElement('div');
	private readonly code = document.createElement('code');
	private readonly label = document.createElement('span');
	/** Says that the code holds characters that nobody sees. */
	private readonly warning = document.createElement('span');
	/** What is not coloured yet; `lines` of the last one. */
	private readonly plain: Chunk[] = [];
	private lines = 0;
	private source = '';

	constructor(tools: CodeTools) {
		const head = document.createElement('div');
		head.className = 'code-head';
		this.label.className = 'code-language';
		this.warning.className = 'code-warning';
		this.warning.hidden = true;
		this.warning.title = tools.strings.hiddenCharacters;
		const sign = document.createElement('span');
		sign.className = 'codicon codicon-warning';
		sign.setAttribute('aria-hidden', 'true');
		this.warning.append(sign, tools.strings.hiddenCharacters);
		head.append(this.label, this.warning, this.buttons(tools));
		const pre = document.createElement('pre');
		// A reader without a mouse must be able to scroll wide code.
		pre.tabIndex = 0;
		pre.dir = 'ltr';
		pre.setAttribute('role', 'group');
		pre.setAttribute('aria-label', tools.strings.code);
		pre.append(this.code);
		this.element.className = 'code-block';
		this.element.append(head, pre);
	}

	get text(): string {
		return this.source;
	}

	/** The language and the code so far: what is on screen already stays as it is. */
	update(language: string, source: string): void {
		this.label.textContent = language;
		this.append(source.slice(this.source.length));
		this.source = source;
	}

	/** Puts coloured nodes in the place of the first plain code, which holds the same text: `length` UTF-16 units, whole lines. */
	colour({ nodes, length }: Piece): void {
		let left = length;
		let first = this.plain[0];
		while (left > 0 && first) {
			const taken = Math.min(left, first.text.length);
			left -= taken;
			first.text = first.text.slice(taken);
			if (first.text === '') {
				first.element.remove();
				this.plain.shift();
			} else {
				first.element.replaceChildren(shownCode(first.text));
			}
			first = this.plain[0];
		}
		if (length > 0) {
			const chunk = document.createElement('span');
			chunk.className = 'code-chunk';
			markIn(nodes);
			chunk.append(nodes);
			this.code.insertBefore(chunk, first?.element ?? null);
			this.warn();
		}
	}

	private buttons({ strings, copy, put, wrap }: CodeTools): HTMLElement {
		const buttons = document.createElement('div');
		const puts = (act: CodeAct) => () => put(act, this.source, this.label.textContent);
		buttons.className = 'code-tools';
		const wraps = button('word-wrap', strings.wrapCode, () => {
			wrap.toggle();
			return Promise.resolve(false);
		});
		wraps.dataset['action'] = 'wrap';
		wraps.setAttribute('aria-pressed', String(wrap.isOn()));
		buttons.append(
			wraps,
			button('copy', strings.copyCode, () => copy(this.source)),
			button('insert', strings.insertCode, puts('insert')),
			button('diff', strings.applyCode, puts('apply')),
			button('new-file', strings.newFile, puts('newFile')),
		);
		return buttons;
	}

	private append(added: string): void {
		let from = 0;
		while (from < added.length) {
			const last = this.plain.at(-1);
			const chunk = last === undefined || this.lines >= chunkLines ? this.newChunk() : last;
			const end = after(added, from, chunkLines - this.lines);
			const piece = added.slice(from, end);
			this.extend(chunk, piece);
			this.lines += piece.split('\n').length - 1;
			from = end;
		}
	}

	private extend(chunk: Chunk, piece: string): void {
		const { element } = chunk;
		chunk.text += piece;
		if (!isPlain(piece)) {
			// What came before it can say whether a character belongs to an emoji.
			element.replaceChildren(shownCode(chunk.text));
			this.warn();
		} else if (element.lastChild instanceof Text) {
			element.lastChild.appendData(piece);
		} else {
			element.append(piece);
		}
	}

	private warn(): void {
		this.warning.hidden = this.code.querySelector('.invisible') === null;
	}

	private newChunk(): Chunk {
		const element = document.createElement('span');
		element.className = 'code-chunk';
		this.code.append(element);
		const chunk = { element, text: '' };
		this.plain.push(chunk);
		this.lines = 0;
		return chunk;
	}
}

/** The index after `lines` line ends, or the end. */
function after(text: string, from: number, lines: number): number {
	let end = from;
	for (let i = 0; i < lines; i++) {
		const next = text.indexOf('\n', end);
		if (next === -1) {
			return text.length;
		}
		end = next + 1;
	}
	return end;
}

/** A button that shows for a moment that it did what it says. */
function button(icon: string, label: string, run: () => Promise<boolean>): HTMLButtonElement {
	const button = document.createElement('button');
	const sign = document.createElement('span');
	button.type = 'button';
	button.className = 'icon-button';
	button.title = label;
	button.setAttribute('aria-label', label);
	sign.className = `codicon codicon-${icon}`;
	sign.setAttribute('aria-hidden', 'true');
	button.append(sign);
	button.addEventListener('click', () => {
		void run().then((done) => {
			if (done) {
				sign.className = 'codicon codicon-check';
				setTimeout(() => (sign.className = `codicon codicon-${icon}`), 1_500);
			}
		});
	});
	return button;
}
