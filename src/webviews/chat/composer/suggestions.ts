import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings, CommandView } from '../../protocol';
import type { Actions } from '../state/actions';

/** Commands that fit what is being typed; `at` is the chosen one. */
export interface Suggestions {
	readonly shown: readonly CommandView[];
	readonly at: number;
}

export const noSuggestions: Suggestions = { shown: [], at: 0 };

/** What a text can become that is a slash and the beginning of a command, and nothing else. */
export function suggestionsFor(text: string, commands: readonly CommandView[]): Suggestions {
	const [, begun] = /^\/([a-z]*)$/.exec(text) ?? [];
	return begun === undefined
		? noSuggestions
		: { shown: commands.filter(({ name }) => name.startsWith(begun) && name !== begun), at: 0 };
}

/** The next one down or up, round at the ends. */
export function moved({ shown, at }: Suggestions, by: 1 | -1): Suggestions {
	return { shown, at: (at + by + shown.length) % Math.max(1, shown.length) };
}

export function suggestionId(at: number): string {
	return `suggestion-${at}`;
}

export function suggestionList({ shown, at }: Suggestions, strings: ChatStrings, actions: Actions): TemplateResult {
	const options = shown.map(
		({ name, description }, i) =>
			html`<li
				role="option"
				id=${suggestionId(i)}
				aria-selected=${i === at ? 'true' : 'false'}
				@mousedown=${(event: MouseEvent) => {
					// The focus stays in the input box.
					event.preventDefault();
					actions.complete(i);
				}}
			>
				<code>/${name}</code> <span>${description}</span>
			</li>`,
	);
	return html`<ul
		class="suggestions"
		id="suggestions"
		role="listbox"
		aria-label=${strings.commands}
		?hidden=${shown.length === 0}
	>
		${shown.length === 0 ? nothing : options}
	</ul>`;
}
