import { html, type TemplateResult } from 'lit-html';
import type { ChatStrings, OptionsView } from '../protocol';
import type { Actions } from './actions';

const levels = ['minimal', 'low', 'medium', 'high'] as const;

/** How the answers of this conversation are made. An empty field leaves it to the service. */
export function drawer(options: OptionsView, open: boolean, strings: ChatStrings, actions: Actions): TemplateResult {
	const onChange = ({ currentTarget }: Event) => {
		if (currentTarget instanceof HTMLFormElement && currentTarget.reportValidity()) {
			actions.setOptions(optionsIn(new FormData(currentTarget)));
		}
	};
	const names = {
		minimal: strings.thinkingMinimal,
		low: strings.thinkingLow,
		medium: strings.thinkingMedium,
		high: strings.thinkingHigh,
	};
	return html`<form
		class="drawer"
		id="drawer"
		aria-label=${strings.options}
		?hidden=${!open}
		@change=${onChange}
		@submit=${(event: Event) => event.preventDefault()}
		@keydown=${({ key }: KeyboardEvent) => key === 'Escape' && actions.toggleDrawer()}
	>
		<label class="wide">
			<span>${strings.systemInstruction}</span>
			<textarea name="system" rows="3" dir="auto" maxlength="100000" .value=${options.system ?? ''}></textarea>
		</label>
		<label>
			<span>${strings.temperature}</span>
			<input
				name="temperature"
				type="number"
				min="0"
				max="2"
				step="any"
				placeholder=${strings.byService}
				.value=${String(options.temperature ?? '')}
			/>
		</label>
		<label>
			<span>${strings.maxLength}</span>
			<input
				name="maxOutputTokens"
				type="number"
				min="1"
				max="1000000"
				step="1"
				placeholder=${strings.byService}
				.value=${String(options.maxOutputTokens ?? '')}
			/>
		</label>
		<label>
			<span>${strings.thinkingLevel}</span>
			<select name="thinking">
				<option value="" ?selected=${options.thinking === undefined}>${strings.byService}</option>
				${levels.map(
					(level) => html`<option value=${level} ?selected=${options.thinking === level}>${names[level]}</option>`,
				)}
			</select>
		</label>
	</form>`;
}

function optionsIn(form: FormData): OptionsView {
	const text = (name: string) => {
		const value = form.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	const thinking = levels.find((level) => level === text('thinking'));
	return {
		...(text('system') !== '' && { system: text('system') }),
		...(text('temperature') !== '' && { temperature: Number(text('temperature')) }),
		...(text('maxOutputTokens') !== '' && { maxOutputTokens: Number(text('maxOutputTokens')) }),
		...(thinking && { thinking }),
	};
}
