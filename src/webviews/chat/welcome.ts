import { html, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../chatStrings';
import type { Actions } from './state/actions';
import { icon } from '../shared/icon';

/** What an empty chat says: how to begin, with a key or without. */
export function welcome(strings: ChatStrings, hasKeys: boolean, actions: Actions): TemplateResult {
	return hasKeys
		? html`<div class="welcome" data-role="welcome">
				${icon('comment-discussion')}
				<h2>${strings.welcomeTitle}</h2>
				<p>${strings.welcomeText}</p>
				<p>${strings.welcomeTip}</p>
			</div>`
		: html`<div class="welcome" data-role="welcome">
				${icon('key')}
				<h2>${strings.welcomeKeysTitle}</h2>
				<p>${strings.welcomeKeysText}</p>
				<button type="button" class="button" data-action="addKey" @click=${() => actions.begin('addKey')}>
					${strings.addKey}
				</button>
				<button
					type="button"
					class="button secondary"
					data-action="trySimulator"
					@click=${() => actions.begin('trySimulator')}
				>
					${strings.trySimulator}
				</button>
				<p class="hint">${strings.welcomeSimulator}</p>
				<p>
					<a data-role="studio" href="https://aistudio.google.com/apikey">${strings.createKey}</a>
				</p>
				<p>
					<button type="button" class="link-button" @click=${() => actions.begin('useTeamGateway')}>
						${strings.useTeamGateway}
					</button>
				</p>
			</div>`;
}
