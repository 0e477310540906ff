import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { banner } from './answer/cards';
import { composer, type ComposerContext } from './composer/composer';
import { drawer } from './composer/drawer';
import type { FindState } from './find/find';
import { findBar } from './find/findBar';
import { icon } from '../shared/icon';
import type { Edits } from './state/edits';
import { runningTurn, type Shown } from './state/model';
import { turn, type TurnContext } from './turn';
import { welcome } from './welcome';

export interface PageContext
	extends
		Pick<TurnContext, 'actions' | 'numbers' | 'now'>,
		Pick<ComposerContext, 'drawerOpen' | 'suggestions' | 'notice' | 'draft'> {
	readonly find: FindState;
	/** A reader is further up. */
	readonly jump: boolean;
	readonly edits: Edits;
	/** Turns whose attempts are unfolded. */
	readonly openAttempts: ReadonlySet<string>;
	/** Where a turn's text and thoughts are drawn. */
	readonly textOf: (turn: string) => HTMLElement;
	readonly thoughtsOf: (turn: string) => HTMLElement;
}

/** The whole chat: the conversation, and below it what a person does. */
export function page(shown: Shown, context: PageContext): TemplateResult {
	const { strings, turns, panel, conversation } = shown;
	const { actions, numbers, jump, edits, openAttempts, textOf, thoughtsOf, now, find } = context;
	const { drawerOpen, suggestions, notice, draft } = context;
	const running = runningTurn(shown) !== undefined;
	return html`<main class="chat">
		<h1 class="aloud">${strings.conversation}</h1>
		${findBar(find, strings, numbers, actions)}
		<div class="log" role="log" aria-live="off" aria-label=${strings.conversation} tabindex="0">
			${turns.length === 0 ? welcome(strings, panel.hasKeys, actions) : nothing}
			${repeat(
				turns,
				({ id }) => id,
				(one) =>
					turn(one, {
						...{ strings, numbers, actions, now, busy: running, hasKeys: panel.hasKeys },
						open: openAttempts.has(one.id),
						editing: edits[one.id],
						text: textOf(one.id),
						thoughts: one.thoughts === undefined ? undefined : thoughtsOf(one.id),
					}),
			)}
		</div>
		<div class="below">
			<button type="button" class="jump" ?hidden=${!jump} @click=${actions.toEnd}>
				${icon('arrow-down')}${strings.jumpToEnd}
			</button>
			${panel.banner ? banner(panel.banner, { actions }) : nothing}
			${
				panel.full === undefined
					? nothing
					: html`<p class="note" data-role="full" role="status">
							${panel.full}
							<button type="button" class="link-button" @click=${actions.newConversation}>
								${strings.newConversation}
							</button>
						</p>`
			}
			${keyed(
				// What could not count in one conversation would stand in the fields of another.
				conversation,
				drawer({ options: panel.options, defaults: panel.defaults, open: drawerOpen, strings, numbers, actions }),
			)}
			${composer({
				...{ strings, numbers, actions, panel, running, drawerOpen, suggestions, notice, draft },
				begun: turns.length > 0,
			})}
		</div>
		<div class="aloud" role="status" data-role="announcer"></div>
	</main>`;
}
