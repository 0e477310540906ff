import { html, nothing, type TemplateResult } from 'lit-html';

/** A value that can be chosen, and what it is called. */
export type Choice = readonly [value: string, label: string];

/** A number, or empty: `placeholder` says what counts then. */
export function numberField(
	name: string,
	label: string,
	value: unknown,
	placeholder: string,
	{ min, max, step = 'any' }: { readonly min: number; readonly max: number; readonly step?: 'any' | 1 },
): TemplateResult {
	return html`<div class="field">
		<label for=${idOf(name)}>${label}</label>
		<input
			id=${idOf(name)}
			name=${name}
			type="number"
			min=${min}
			max=${max}
			step=${step}
			placeholder=${placeholder}
			title=${placeholder}
			.value=${shown(value)}
		/>
	</div>`;
}

/** Text of several lines, or empty. */
export function textField(name: string, label: string, value: string, placeholder: string, rows = 2): TemplateResult {
	return html`<div class="field wide">
		<label for=${idOf(name)}>${label}</label>
		<textarea
			id=${idOf(name)}
			name=${name}
			rows=${rows}
			dir="auto"
			maxlength="100000"
			placeholder=${placeholder === '' ? nothing : placeholder}
			.value=${value}
		></textarea>
	</div>`;
}

/** One of some values, or none: `unset` says what counts then. */
export function choiceField(
	name: string,
	label: string,
	value: unknown,
	unset: string,
	choices: readonly Choice[],
): TemplateResult {
	const chosen = shown(value);
	// As properties: an option that a person has chosen before does not heed its attribute any more.
	return html`<div class="field">
		<label for=${idOf(name)}>${label}</label>
		<select id=${idOf(name)} name=${name}>
			<option value="" .selected=${chosen === ''}>${unset}</option>
			${choices.map(([one, words]) => html`<option value=${one} .selected=${chosen === one}>${words}</option>`)}
		</select>
	</div>`;
}

/** An id holds no space. */
function idOf(name: string): string {
	return `option-${name.replaceAll(' ', '-')}`;
}

function shown(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Options whose field is called otherwise. */
const optionFields: Readonly<Record<string, string>> = {
	thinking: '#option-thinkingLevel',
	safetySettings: '[id^="option-safety"]',
};

/** Puts the focus into the field of an option, which is unfolded where it was folded. */
export function focusOption(root: HTMLElement, name: string): void {
	const field = root.querySelector(`[id^="option-${name}"]`) ?? root.querySelector(optionFields[name] ?? '#drawer');
	const folded = field?.closest('details');
	if (folded) folded.open = true;
	if (field instanceof HTMLElement) field.focus();
}
