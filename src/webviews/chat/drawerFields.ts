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
	return html`<label>
		<span>${label}</span>
		<input
			name=${name}
			type="number"
			min=${min}
			max=${max}
			step=${step}
			placeholder=${placeholder}
			title=${placeholder}
			.value=${shown(value)}
		/>
	</label>`;
}

/** Text of several lines, or empty. */
export function textField(
	name: string,
	label: string,
	value: string,
	placeholder: string,
	rows = 2,
): TemplateResult {
	return html`<label class="wide">
		<span>${label}</span>
		<textarea
			name=${name}
			rows=${rows}
			dir="auto"
			maxlength="100000"
			placeholder=${placeholder === '' ? nothing : placeholder}
			.value=${value}
		></textarea>
	</label>`;
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
	return html`<label>
		<span>${label}</span>
		<select name=${name}>
			<option value="" .selected=${chosen === ''}>${unset}</option>
			${choices.map(
				([one, words]) => html`<option value=${one} .selected=${chosen === one}>${words}</option>`,
			)}
		</select>
	</label>`;
}

function shown(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
