import type { ChatStrings } from '../protocol';

/** Lines that are laid out together: a growing block lays out its last chunk only. */
const chunkLines = 100;

export interface CodeTools {
	readonly strings: Pick<ChatStrings, 'code' | 'copyCode' | 'copied'>;
	readonly copy: (text: string) => Promise<boolean>;
}

/** A block of code on screen: its language, a button that copies it, and the code, which can grow. */
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
		head.append(
			this.label,
			copyButton(tools, () => this.source),
		);
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

function copyButton({ strings, copy }: CodeTools, text: () => string): HTMLButtonElement {
	const button = document.createElement('button');
	const icon = document.createElement('span');
	button.type = 'button';
	button.className = 'icon-button';
	button.title = strings.copyCode;
	button.setAttribute('aria-label', strings.copyCode);
	icon.className = 'codicon codicon-copy';
	icon.setAttribute('aria-hidden', 'true');
	button.append(icon);
	button.addEventListener('click', () => {
		void copy(text()).then((copied) => {
			if (copied) {
				icon.className = 'codicon codicon-check';
				setTimeout(() => (icon.className = 'codicon codicon-copy'), 1_500);
			}
		});
	});
	return button;
}
