import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../protocol';
import type { Actions } from './actions';
import { icon } from './icon';

export interface ComposerContext {
	readonly strings: ChatStrings;
	readonly actions: Actions;
	readonly running: boolean;
	/** What could not be done, in words. */
	readonly notice: string | undefined;
}

/** The input box. Its one button sends, or stops what runs: the same element, so that the focus stays. */
export function composer({ strings, actions, running, notice }: ComposerContext): TemplateResult {
	const label = running ? strings.stop : strings.send;
	const onKeyDown = (event: KeyboardEvent) => {
		// While an input method composes (Telex, Pinyin), Enter belongs to it.
		if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
			event.preventDefault();
			actions.send();
		}
	};
	const onInput = ({ target }: InputEvent) => {
		if (target instanceof HTMLTextAreaElement) {
			actions.draft(target.value);
		}
	};
	return html`<div class="composer">
		<div role="alert">${notice === undefined ? nothing : html`<p class="notice">${notice}</p>`}</div>
		<div class="input-box">
			<textarea
				data-role="input"
				rows="1"
				dir="auto"
				placeholder=${strings.placeholder}
				aria-label=${strings.input}
				@keydown=${onKeyDown}
				@input=${onInput}
			></textarea>
			<button
				type="button"
				class="icon-button"
				data-action=${running ? 'stop' : 'send'}
				title=${label}
				aria-label=${label}
				@click=${running ? actions.stop : actions.send}
			>
				${icon(running ? 'debug-stop' : 'send')}
			</button>
		</div>
	</div>`;
}
