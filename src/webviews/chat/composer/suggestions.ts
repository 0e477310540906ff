import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { CommandView, MentionView } from '../../protocol';
import type { Actions } from '../state/actions';
import type { TypedMention } from './mentionAt';

/** What the text before the caret can become. */
export interface Suggestion {
	/** What is written into the box, with its sign. */
	readonly name: string;
	readonly description: string;
	/** What goes along then. */
	readonly mention?: string;
}

/** What fits what is being typed; `at` is the chosen one. */
export interface Suggestions {
	readonly shown: readonly Suggestion[];
	readonly at: number;
}

export const noSuggestions: Suggestions = { shown: [], at: 0 };

/** What a text can become that is a slash and the beginning of a command, and nothing else. */
export function commandsFor(text: string, commands: readonly CommandView[]): Suggestions {
	const [, begun] = /^\/([a-z]*)$/.exec(text) ?? [];
	if (begun === undefined) return noSuggestions;
	const fit = commands.filter(({ name }) => name.startsWith(begun) && name !== begun);
	return {
		shown: fit.map(({ name, description }) => ({
			name: `/${name}`,
			description,
		})),
		at: 0,
	};
}

export function mentionsFor({ sign }: TypedMention, offered: readonly MentionView[]): Suggestions {
	return {
		shown: offered.map(({ id, name, detail }) => ({
			name: sign + name,
			description: detail,
			mention: id,
		})),
		at: 0,
	};
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
				<code>${name}</code> <bdi>${description}</bdi>
			</li>`,
	);
	return html`<ul
		class="suggestions"
		id="suggestions"
		role="listbox"
		aria-label=${strings.suggestions}
		?hidden=${shown.length === 0}
	>
		${shown.length === 0 ? nothing : options}
	</ul>`;
}
