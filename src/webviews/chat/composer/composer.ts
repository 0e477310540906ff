import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings, ChipView, PanelView } from '../../protocol';
import type { Actions } from '../state/actions';
import { filled, type Numbers } from '../../shared/format';
import { icon, iconButton } from '../../shared/icon';
import { suggestionId, suggestionList, type Suggestions } from './suggestions';

export interface ComposerContext {
	readonly strings: ChatStrings;
	readonly numbers: Numbers;
	readonly actions: Actions;
	readonly panel: PanelView;
	readonly running: boolean;
	readonly drawerOpen: boolean;
	/** Commands that fit what is being typed. */
	readonly suggestions: Suggestions;
	/** What could not be done, in words. */
	readonly notice: string | undefined;
}

/** The input box with what goes along. Its last button sends, or stops what runs: the same element, so that the focus stays. */
export function composer(context: ComposerContext): TemplateResult {
	const { strings, numbers, actions, panel, suggestions, notice } = context;
	const onInput = ({ target }: InputEvent) => {
		if (target instanceof HTMLTextAreaElement) {
			actions.draft(target.value);
		}
	};
	const onPaste = (event: ClipboardEvent) => {
		const files = [...(event.clipboardData?.files ?? [])];
		if (files.length > 0) {
			event.preventDefault();
			actions.attachPictures(files);
		}
	};
	return html`<div class="composer">
		<div role="alert">${notice === undefined ? nothing : html`<p class="notice">${notice}</p>`}</div>
		<div class="input-box">
			${chipList(panel.chips, strings, numbers, actions)} ${suggestionList(suggestions, strings, actions)}
			<textarea
				data-role="input"
				rows="1"
				dir="auto"
				placeholder=${strings.placeholder}
				aria-label=${strings.input}
				aria-autocomplete="list"
				aria-controls="suggestions"
				aria-activedescendant=${suggestions.shown.length > 0 ? suggestionId(suggestions.at) : nothing}
				@keydown=${(event: KeyboardEvent) => pressed(event, context)}
				@input=${onInput}
				@paste=${onPaste}
			></textarea>
			${toolbar(context)}
		</div>
	</div>`;
}

function pressed(event: KeyboardEvent, { actions, suggestions }: ComposerContext): void {
	// While an input method composes (Telex, Pinyin), its keys belong to it.
	if (event.isComposing) {
		return;
	}
	const suggested = suggestions.shown.length > 0;
	switch (event.key) {
		case 'Enter':
			if (event.shiftKey) {
				return;
			}
			event.preventDefault();
			return suggested ? actions.complete() : actions.send();
		case 'Tab':
			if (suggested && !event.shiftKey) {
				event.preventDefault();
				actions.complete();
			}
			return;
		case 'ArrowDown':
		case 'ArrowUp':
			if (suggested) {
				event.preventDefault();
				actions.suggest(event.key === 'ArrowDown' ? 1 : -1);
			}
			return;
		case 'Escape':
			if (suggested) {
				event.preventDefault();
				actions.suggest('none');
			}
	}
}

function toolbar({ strings, actions, panel, running, drawerOpen }: ComposerContext): TemplateResult {
	const label = running ? strings.stop : strings.send;
	const model = filled(strings.modelIs, panel.model);
	return html`<div class="toolbar">
		${iconButton('code', strings.attachSelection, () => actions.attach('selection'))}
		${iconButton('attach', strings.attachFiles, () => actions.attach('files'))}
		<button
			type="button"
			class="model-button"
			data-action="pickModel"
			title=${model}
			aria-label=${model}
			@click=${actions.pickModel}
		>
			<bdi>${panel.model}</bdi>${icon('chevron-down')}
		</button>
		<button
			type="button"
			class="icon-button"
			data-action="drawer"
			title=${strings.options}
			aria-label=${strings.options}
			aria-expanded=${drawerOpen ? 'true' : 'false'}
			aria-controls="drawer"
			@click=${actions.toggleDrawer}
		>
			${icon('settings')}
		</button>
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
	</div>`;
}

function chipList(
	chips: readonly ChipView[],
	strings: ChatStrings,
	numbers: Numbers,
	actions: Actions,
): TemplateResult | typeof nothing {
	const signs = { code: 'code', file: 'file', picture: 'file-media' };
	return chips.length === 0
		? nothing
		: html`<ul class="chips" data-role="draft" aria-label=${strings.goesAlong}>
				${chips.map(
					({ id, type: is, label, bytes }) =>
						html`<li class="chip">
							${icon(signs[is])}<bdi title=${label}>${label}</bdi><span>· ${numbers.size(bytes)}</span>
							${iconButton('close', filled(strings.detach, label), () => actions.detach(id))}
						</li>`,
				)}
			</ul>`;
}
