import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { GroundingView } from '../../protocol';
import { filled } from '../../shared/format';

/** What an answer rests on, as a plain list. Titles and addresses are the service's: only an address of the web is a link. */
export function sources({ queries, sources: all }: GroundingView, strings: ChatStrings): TemplateResult {
	return html`<div class="sources" role="group" data-role="sources" aria-label=${strings.sources}>
		<p class="sources-title">${strings.sources}</p>
		${queries.length === 0 ? nothing : html`<p dir="auto">${filled(strings.searchedFor, queries.join(' · '))}</p>`}
		${
			all.length === 0
				? nothing
				: html`<ol>
						${all.map(
							({ title, uri }) =>
								html`<li dir="auto">
									${/^https?:\/\//i.test(uri) ? html`<a href=${uri} title=${uri}>${title}</a>` : title}
								</li>`,
						)}
					</ol>`
		}
	</div>`;
}
