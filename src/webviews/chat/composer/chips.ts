import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { AttachmentView, ChipView } from '../../protocol';
import { filled, type Numbers } from '../../shared/format';
import { icon, iconButton } from '../../shared/icon';
import type { Actions } from '../state/actions';

const signs = { code: 'code', file: 'file', picture: 'file-media' } as const;

/** What goes along with the next question. */
export function draftChips(
	chips: readonly ChipView[],
	strings: ChatStrings,
	numbers: Numbers,
	actions: Actions,
): TemplateResult | typeof nothing {
	return chips.length === 0
		? nothing
		: html`<ul class="chips" data-role="draft" aria-label=${strings.goesAlong}>
				${chips.map(
					({ id, type, label, bytes }) =>
						html`<li class="chip">
							${type === 'picture' ? thumbnail(id) : nothing}${icon(signs[type])}<bdi title=${label}>${label}</bdi
							><span>· ${numbers.size(bytes)}</span>
							${iconButton('close', filled(strings.detach, label), () => actions.detach(id))}
						</li>`,
				)}
			</ul>`;
}

/** What was sent along. */
export function sentChips(
	attachments: readonly AttachmentView[],
	strings: ChatStrings,
	numbers: Numbers,
): TemplateResult | typeof nothing {
	return attachments.length === 0
		? nothing
		: html`<ul class="chips" aria-label=${strings.attached}>
				${attachments.map(
					({ label, bytes, picture }) =>
						html`<li class="chip">
							${picture === undefined ? nothing : thumbnail(picture)}${icon(picture === undefined ? 'file-code' : 'file-media')}<bdi
								title=${label}
								>${label}</bdi
							><span>· ${numbers.size(bytes)}</span>
						</li>`,
				)}
			</ul>`;
}

/** In place of the icon beside it once it has been drawn; the label speaks for both. */
function thumbnail(picture: string): TemplateResult {
	return html`<canvas class="thumbnail" data-picture=${picture} aria-hidden="true" hidden></canvas>`;
}
