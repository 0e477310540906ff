import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { filled } from '../shared/format';
import type { Context } from './context';

/** A table that can be wider than the page. */
export function table(
	label: string,
	columns: readonly (string | { readonly number: string })[],
	rows: readonly TemplateResult[],
): TemplateResult {
	return html`<div class="scroll" role="region" tabindex="0" aria-label=${label}>
		<table>
			<thead>
				<tr>
					${columns.map((column) =>
						typeof column === 'string'
							? html`<th scope="col">${column}</th>`
							: html`<th scope="col" class="number">${column.number}</th>`,
					)}
				</tr>
			</thead>
			<tbody>
				${rows}
			</tbody>
		</table>
	</div>`;
}

/** The numbers of a picture, on demand. */
export function behind({ strings }: Context, role: string, of: TemplateResult): TemplateResult {
	return html`<details data-role=${role}>
		<summary>${strings.asTable}</summary>
		${of}
	</details>`;
}

/** One of a few; the buttons say which is on. */
export function options<T extends string>(
	label: string,
	chosen: T,
	of: readonly (readonly [T, string])[],
	choose: (value: T) => void,
): TemplateResult {
	return html`<div class="options" role="group" aria-label=${label}>
		${of.map(
			([value, text]) =>
				html`<button
					type="button"
					data-option=${value}
					aria-pressed=${value === chosen ? 'true' : 'false'}
					@click=${() => choose(value)}
				>
					${text}
				</button>`,
		)}
	</div>`;
}

/** A share of a whole, from 0 to 1: the same stands in words beside it. */
export function share(of: number, state: 'room' | 'near' | 'full'): TemplateResult {
	return html`<svg class="bar" data-state=${state} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
		<rect class="whole" width="100" height="1"></rect>
		${svg`<rect class="used" width=${100 * of} height="1"></rect>`}
	</svg>`;
}

export function note(text: string): TemplateResult {
	return html`<p class="note">${text}</p>`;
}

export function moreRows(count: number, { strings, numbers }: Context): TemplateResult | typeof nothing {
	return count === 0 ? nothing : note(filled(strings.more, numbers.count(count)));
}

/** A length of time as people say it: ms, seconds, or minutes and seconds. */
export function lasted(ms: number, { strings, numbers }: Context): string {
	if (ms < 1_000) return filled(strings.milliseconds, numbers.count(ms));
	if (ms < 60_000) return filled(strings.seconds, numbers.seconds(ms));
	const seconds = Math.round(ms / 1_000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
