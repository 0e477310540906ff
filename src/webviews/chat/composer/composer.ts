import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { PanelView } from '../../protocol';
import type { Actions } from '../state/actions';
import { filled, type Numbers } from '../../shared/format';
import { icon, iconButton } from '../../shared/icon';
import { activeOptionList } from './activeOptions';
import { draftChips } from './chips';
import { queueList } from './queueList';
import { sizeLine } from './sizeLine';
import { suggestionId, suggestionList, type Suggestions } from './suggestions';

export interface ComposerContext {
	readonly strings: ChatStrings;
	readonly numbers: Numbers;
	readonly actions: Actions;
	readonly panel: PanelView;
	readonly running: boolean;
	readonly drawerOpen: boolean;
	/** What fits what is being typed. */
	readonly suggestions: Suggestions;
	/** What is being typed. */
	readonly draft: string;
	/** Something was asked or answered in the conversation. */
	readonly begun: boolean;
	/** What could not be done, in words. */
	readonly notice: string | undefined;
}

/** The input box with what goes along, what waits for its turn, and what counts. */
export function composer(context: ComposerContext): TemplateResult {
	const { strings, numbers, actions, panel, running, suggestions, notice, draft, begun } = context;
	const onPaste = (event: ClipboardEvent) => {
		const files = [...(event.clipboardData?.files ?? [])];
		// A program for tables or documents gives a picture beside the text that is meant.
		const isText = event.clipboardData?.types.includes('text/html') && event.clipboardData.getData('text/plain') !== '';
		if (files.length > 0 && !isText) {
			event.preventDefault();
			actions.attachPictures(files);
		}
	};
	return html`<div class="composer">
		<div role="alert">${notice === undefined ? nothing : html`<p class="notice">${notice}</p>`}</div>
		${queueList(panel.queue, running, strings, actions)}
		<div class="input-box">
			${draftChips(panel.chips, strings, numbers, actions)} ${activeOptionList(panel.options, panel.defaults, context)}
			${suggestionList(suggestions, strings, actions)}
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
				@input=${actions.typed}
				@paste=${onPaste}
			></textarea>
			${toolbar(context)}
		</div>
		${
			panel.size && (begun || draft !== '' || panel.chips.length > 0)
				? sizeLine(panel.size, draft, strings, numbers)
				: nothing
		}
	</div>`;
}

function pressed(event: KeyboardEvent, { actions, suggestions, running, drawerOpen }: ComposerContext): void {
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
			} else if (actions.recall(event.key === 'ArrowUp' ? 1 : -1)) {
				event.preventDefault();
			}
			return;
		case 'Escape':
			if (suggested) {
				event.preventDefault();
				actions.suggest('none');
			} else if (running) {
				event.preventDefault();
				actions.stop();
			} else if (drawerOpen) {
				event.preventDefault();
				actions.toggleDrawer();
			}
	}
}

function toolbar({ strings, actions, panel, running, drawerOpen }: ComposerContext): TemplateResult {
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
		${iconButton('search', strings.find, actions.openFind, false, 'find')}
		${running ? iconButton('debug-stop', strings.stop, actions.stop, false, 'stop') : nothing}
		${iconButton('send', running ? strings.queueSend : strings.send, actions.send, false, 'send')}
	</div>`;
}
