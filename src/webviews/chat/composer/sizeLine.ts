import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { SizeView } from '../../protocol';
import { filled, type Numbers } from '../../shared/format';

/** UTF-8 bytes of a text for a token, as they usually are: the host counts what it sends in the same way. */
const bytesPerToken = 4;

/** What the next question weighs against what the model takes in, and what free keys have left. */
export function sizeLine(
	{ tokens, limit, left }: SizeView,
	draft: string,
	strings: ChatStrings,
	numbers: Numbers,
): TemplateResult | typeof nothing {
	const all = tokens + Math.ceil(new TextEncoder().encode(draft).length / bytesPerToken);
	// A question without an answer goes along with none.
	if (all === 0 && left === undefined) return nothing;
	const size = filled(strings.size, numbers.count(all), numbers.count(limit));
	return html`<p class="size" data-role="size" data-over=${all > limit ? 'true' : 'false'}>
		<span title=${strings.sizeHint}>${size}</span>${left === undefined ? nothing : html`<span>${left}</span>`}
	</p>`;
}
