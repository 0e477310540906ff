import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../chatStrings';
import type { AnswerView } from '../protocol';
import { errorCard, waitCard } from './answer/cards';
import { footer, type FooterContext } from './answer/footer';
import { sentChips } from './composer/chips';
import { iconButton } from '../shared/icon';
import { isGrowing, waitOf, type ShownTurn } from './state/model';
import { sources } from './answer/sources';

export interface TurnContext extends Omit<FooterContext, 'empty'> {
	/** The question's new wording so far; undefined where it is not being written anew. */
	readonly editing: string | undefined;
	readonly hasKeys: boolean;
	/** ms since 1970. */
	readonly now: number;
	/** Where the answer's text is drawn, and its thoughts, where it has any. */
	readonly text: HTMLElement;
	readonly thoughts: HTMLElement | undefined;
}

/** A question and its answer. */
export function turn(shown: ShownTurn, context: TurnContext): TemplateResult {
	const { strings, text } = context;
	const { answer, grounding } = shown;
	return html`<article class="turn">
		${question(shown, context)}
		<div
			class="answer"
			role="group"
			data-role="answer"
			data-state=${answer.state}
			aria-busy=${isGrowing(answer) ? 'true' : 'false'}
			aria-label=${strings.answer}
		>
			${note(shown.trimmed)} ${thoughts(context)} ${text} ${grounding ? sources(grounding, strings) : nothing}
			${progress(answer, context)} ${waiting(shown, context)} ${ending(shown, context)}
		</div>
	</article>`;
}

/** What the model thought, folded: it is no part of the answer. */
function thoughts({ strings, thoughts: drawn }: TurnContext): TemplateResult | typeof nothing {
	return drawn
		? html`<details class="thoughts" data-role="thoughts">
				<summary>${strings.thoughts}</summary>
				${drawn}
			</details>`
		: nothing;
}

function question({ id, answer, question: { text, attachments } }: ShownTurn, context: TurnContext): TemplateResult {
	const { strings, numbers, actions, busy, editing } = context;
	return html`<div class="question" role="group" data-role="question" aria-label=${strings.question}>
		${
			editing !== undefined
				? questionEditor(id, editing, context)
				: html`<div class="question-line">
						<div class="question-text" dir="auto" tabindex="0">${text}</div>
						${iconButton('edit', strings.edit, () => actions.beginEdit(id), busy || answer.state === 'elsewhere')}
					</div>`
		}
		${sentChips(attachments, strings, numbers)}
	</div>`;
}

/** Enter asks again, Escape leaves the question as it was. */
function questionEditor(id: string, text: string, { strings, actions, busy }: TurnContext): TemplateResult {
	const field = (from: EventTarget | null) =>
		from instanceof Element ? from.closest('.question')?.querySelector('textarea') : undefined;
	const resend = ({ currentTarget }: Event) => actions.resend(id, field(currentTarget)?.value ?? '');
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.isComposing) return;
		if (event.key === 'Escape') {
			event.preventDefault();
			actions.cancelEdit(id);
		} else if (event.key === 'Enter' && !event.shiftKey) {
			event.preventDefault();
			resend(event);
		}
	};
	return html`<div class="question-editor">
		<textarea
			data-role="edit"
			data-turn=${id}
			rows="1"
			dir="auto"
			aria-label=${strings.edit}
			.value=${text}
			@keydown=${onKeyDown}
			@input=${({ target }: Event) => target instanceof HTMLTextAreaElement && actions.writeEdit(id, target.value)}
		></textarea>
		<div class="buttons">
			<button type="button" class="button" ?disabled=${busy} @click=${resend}>${strings.resend}</button>
			<button type="button" class="button secondary" @click=${() => actions.cancelEdit(id)}>${strings.cancel}</button>
		</div>
	</div>`;
}

function progress(answer: AnswerView, { strings }: TurnContext): TemplateResult | typeof nothing {
	const text = progressText(answer, strings);
	return text === undefined
		? nothing
		: html`<p class="progress"><span class="dot" aria-hidden="true"></span>${text}</p>`;
}

function progressText(answer: AnswerView, strings: ChatStrings): string | undefined {
	if (answer.state === 'elsewhere') return answer.note;
	if (answer.state !== 'waiting' || answer.step === 'queued') return undefined;
	return answer.step === 'thinking' ? strings.thinking : strings.sending;
}

function waiting({ answer, arrivedAt }: ShownTurn, context: TurnContext): TemplateResult | typeof nothing {
	const wait = waitOf(answer);
	// A time that is set back makes no wait longer.
	return wait ? waitCard(wait, wait.inMs - Math.max(0, context.now - arrivedAt), context) : nothing;
}

function ending({ answer, id, text }: ShownTurn, context: TurnContext): TemplateResult | typeof nothing {
	if (!('footer' in answer)) return nothing;
	const before = answer.state === 'failed' ? errorCard(answer.error, id, context) : note(answer.note);
	return html`${before}${footer(answer.footer, id, { ...context, empty: text === '' })}`;
}

function note(text: string | undefined): TemplateResult | typeof nothing {
	return text === undefined ? nothing : html`<p class="note">${text}</p>`;
}
