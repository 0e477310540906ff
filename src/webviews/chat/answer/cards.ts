import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { ErrorView, WaitView } from '../../protocol';
import type { Actions } from '../state/actions';
import { countdown, filled, type Numbers } from '../../shared/format';
import { icon } from '../../shared/icon';

/** Who is waited for. An overload is the model's, not a key's. */
export function waitTitle(wait: WaitView, strings: Pick<ChatStrings, 'waitingFor' | 'waitingForModel'>): string {
	const [key, model] = [isolated(wait.key), isolated(wait.model)];
	return key === model ? filled(strings.waitingForModel, model) : filled(strings.waitingFor, key, model);
}

/** Who is waited for, why, how long and behind how many. `leftMs` counts down on screen; it is not read aloud. */
export function waitCard(
	wait: WaitView,
	leftMs: number,
	{ strings, numbers, actions }: { strings: ChatStrings; numbers: Numbers; actions: Actions },
): TemplateResult {
	const next = leftMs > 0 ? filled(strings.tryingAgain, countdown(leftMs)) : strings.retrying;
	const ahead = wait.ahead === 1 ? strings.aheadOne : filled(strings.ahead, numbers.count(wait.ahead));
	return html`<div class="card" data-role="waiting">
		${icon('watch')}
		<div class="card-body">
			<p class="card-title">${waitTitle(wait, strings)}</p>
			<p>
				${wait.reason} ·
				<span role="timer" data-field="countdown">${next}</span>
			</p>
			${wait.ahead > 0 ? html`<p data-field="ahead">${ahead}</p>` : nothing}
			<div class="buttons">
				<button type="button" class="button secondary" data-action="anotherModel" @click=${actions.anotherModel}>
					${strings.anotherModel}
				</button>
				<button type="button" class="button secondary" data-action="cancel" @click=${actions.stop}>
					${strings.cancel}
				</button>
			</div>
		</div>
	</div>`;
}

/** Why nothing can be answered at the moment, and the one button that helps. */
export function banner(
	{ text, remedy, action, link }: ErrorView,
	{ actions }: { readonly actions: Actions },
): TemplateResult {
	return html`<div class="card error" data-role="banner" role="status">
		${icon('warning')}
		<div class="card-body">
			<p class="card-title" dir="auto">${text}</p>
			${remedy === undefined ? nothing : html`<p dir="auto">${remedy}</p>`}
			${link ? html`<p><a href=${link.url}>${link.title}</a></p>` : nothing}
			${
				action === undefined
					? nothing
					: html`<div class="buttons">
							<button type="button" class="button" data-action="banner" @click=${actions.actOnBanner}>${action}</button>
						</div>`
			}
		</div>
	</div>`;
}

/** What went wrong, what helps, and one button for it; without a key a second one, for the simulator. */
export function errorCard(
	error: ErrorView,
	turn: string,
	{ strings, actions, busy, hasKeys }: { strings: ChatStrings; actions: Actions; busy: boolean; hasKeys: boolean },
): TemplateResult {
	// The key that was asked for has come since: nothing but to ask again helps.
	const { action, remedy, link }: Partial<ErrorView> = error.noKey && hasKeys ? {} : error;
	const act = () => (action === undefined ? actions.retry(turn) : actions.act(turn));
	return html`<div class="card error" data-role="error">
		${icon('warning')}
		<div class="card-body">
			<p class="card-title" dir="auto">${error.text}</p>
			${remedy === undefined ? nothing : html`<p dir="auto">${remedy}</p>`}
			${link ? html`<p><a href=${link.url}>${link.title}</a></p>` : nothing}
			<div class="buttons">
				<button type="button" class="button" data-action="help" ?disabled=${busy && action === undefined} @click=${act}>
					${action ?? strings.retry}
				</button>
				${
					error.noKey && !hasKeys
						? html`<button
								type="button"
								class="button secondary"
								data-action="trySimulator"
								@click=${() => actions.begin('trySimulator')}
							>
								${strings.trySimulator}
							</button>`
						: nothing
				}
			</div>
		</div>
	</div>`;
}

/** Keeps a name of any direction from turning the sentence around it. */
function isolated(name: string): string {
	return `\u2068${name}\u2069`;
}
