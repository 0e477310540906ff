import type { ChatRequest, MentionView } from '../../protocol';
import type { Shown } from '../state/model';
import { mentionAt } from './mentionAt';
import { commandsFor, mentionsFor, moved, noSuggestions, suggestionId, type Suggestions } from './suggestions';

export interface InputBoxTools {
	readonly box: () => HTMLTextAreaElement;
	readonly shown: () => Shown | undefined;
	/** Resolves to whether the host did it. */
	readonly request: (body: ChatRequest) => Promise<boolean>;
	/** Suggestions or text have changed. */
	readonly changed: () => void;
}

/** What happens in the input box while somebody types: suggestions, mentions, and the questions of before. */
export class InputBox {
	private current = noSuggestions;
	/** The question that was recalled: how far from the last one, and its text. */
	private recalled: { readonly back: number; readonly text: string } | undefined;

	constructor(private readonly tools: InputBoxTools) {}

	get suggestions(): Suggestions {
		return this.current;
	}

	/** After each change of the text. */
	typed(): void {
		const { value, selectionStart } = this.tools.box();
		const mention = mentionAt(value, selectionStart);
		if (mention) {
			void this.tools.request({ type: 'findMentions', text: mention.text });
			// Those of before stay until the new ones have come.
			if (!this.current.shown.some((one) => one.mention !== undefined)) this.current = noSuggestions;
		} else {
			this.current = commandsFor(value, this.tools.shown()?.commands ?? []);
		}
		this.tools.changed();
	}

	/** What the host offers for a mention; it counts where that is still being typed. */
	offered(text: string, mentions: readonly MentionView[]): void {
		const { value, selectionStart } = this.tools.box();
		const mention = mentionAt(value, selectionStart);
		if (mention?.text !== text) return;
		this.current = mentionsFor(mention, mentions);
		this.tools.changed();
	}

	suggest(by: 1 | -1 | 'none'): void {
		this.current = by === 'none' ? noSuggestions : moved(this.current, by);
		this.tools.changed();
		// After it was drawn; in a low view the list scrolls.
		const { at } = this.current;
		requestAnimationFrame(() => document.getElementById(suggestionId(at))?.scrollIntoView({ block: 'nearest' }));
	}

	/** Writes the chosen suggestion into the box; what a mention names goes along. */
	complete(at = this.current.at): void {
		const chosen = this.current.shown[at];
		if (!chosen) return;
		const box = this.tools.box();
		const caret = box.selectionStart;
		const start = chosen.mention === undefined ? 0 : (mentionAt(box.value, caret)?.start ?? caret);
		box.setRangeText(`${chosen.name} `, start, caret, 'end');
		if (chosen.mention !== undefined) void this.tools.request({ type: 'mention', mention: chosen.mention });
		this.suggest('none');
	}

	/** An older question (1) or a newer one (-1), where the box is empty or holds one; false where the key is not ours. */
	recall(by: 1 | -1): boolean {
		const box = this.tools.box();
		const from = box.value === '' ? 0 : box.value === this.recalled?.text ? this.recalled.back : undefined;
		if (from === undefined || (from === 0 && by === -1)) return false;
		const asked = (this.tools.shown()?.turns ?? []).map(({ question }) => question.text);
		const back = Math.min(asked.length, from + by);
		const text = asked.at(-back);
		if (back === 0 || text === undefined) return this.write('', undefined);
		return this.write(text, { back, text });
	}

	/** Puts a text before what stands in the box. */
	putBack(text: string): void {
		const { value } = this.tools.box();
		this.write(value.trim() === '' ? text : `${text}\n\n${value}`, undefined);
	}

	empty(): void {
		this.write('', undefined);
	}

	private write(text: string, recalled: InputBox['recalled']): true {
		const box = this.tools.box();
		box.value = text;
		box.setSelectionRange(text.length, text.length);
		this.recalled = recalled;
		this.current = noSuggestions;
		this.tools.changed();
		return true;
	}
}
