import { html, nothing, type TemplateResult } from 'lit-html';

/** A codicon; the words beside it or the button's label speak for it. */
export function icon(name: string): TemplateResult {
	return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

/** @param action by which the page finds it */
export function iconButton(
	name: string,
	label: string,
	run: () => void,
	disabled = false,
	action: string | typeof nothing = nothing,
): TemplateResult {
	return html`<button
		type="button"
		class="icon-button"
		data-action=${action}
		title=${label}
		aria-label=${label}
		?disabled=${disabled}
		@click=${run}
	>
		${icon(name)}
	</button>`;
}
