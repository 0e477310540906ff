import type { ChatStrings, CodeAct } from '../protocol';

/** Lines that are laid out together: a growing block lays out its last chunk only. */
const chunkLines = 100;

export interface CodeTools {
	readonly strings: Pick<ChatStrings, 'applyCode' | 'code' | 'copyCode' | 'insertCode' | 'newFile'>;
	/** Resolves to whether it could be done. */
	readonly copy: (text: string) => Promise<boolean>;
	readonly put: (act: CodeAct, code: string, language: string) => Promise<boolean>;
}

/** A block of code on screen: its language, what can be done with it, and the code, which can grow. */
export class CodeBlock {
	readonly element = document.createElement('div');
	private readonly code = document.createElement('code');
	private readonly label = document.createElement('span');
	private last: { readonly text: Text; lines: number } | undefined;
	private source = '';

	constructor(tools: CodeTools) {
		const head = document.createElement('div');
		head.className = 'code-head';
		this.label.className = 'code-language';
		head.append(this.label, this.buttons(tools));
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

	/** Replaces the plain code by coloured nodes that hold the same text. */
	colour(nodes: Node): void {
		this.last = undefined;
		this.code.replaceChildren(nodes);
	}

	private buttons({ strings, copy, put }: CodeTools): HTMLElement {
		const buttons = document.createElement('div');
		const puts = (act: CodeAct) => () => put(act, this.source, this.label.textContent);
		buttons.className = 'code-tools';
		buttons.append(
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
			if (this.last === undefined || this.last.lines >= chunkLines) {
				this.last = this.newChunk();
			}
			const end = after(added, from, chunkLines - this.last.lines);
			const piece = added.slice(from, end);
			this.last.text.appendData(piece);
			this.last.lines += piece.split('\n').length - 1;
			from = end;
		}
	}

	private newChunk() {
		const chunk = document.createElement('span');
		chunk.className = 'code-chunk';
		const text = document.createTextNode('');
		chunk.append(text);
		this.code.append(chunk);
		return { text, lines: 0 };
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
