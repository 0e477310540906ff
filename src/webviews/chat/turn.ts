import { html, nothing, type TemplateResult } from 'lit-html';
import type { AnswerView, QuestionView } from '../protocol';
import { errorCard, waitCard } from './cards';
import { footer, type FooterContext } from './footer';
import { icon } from './icon';
import { isRunning, waitOf, type ShownTurn } from './model';

export interface TurnContext extends FooterContext {
	/** The document's steady clock, ms. */
	readonly now: number;
	/** Where the answer's text is drawn. */
	readonly text: HTMLElement;
}

/** A question and its answer. */
export function turn(shown: ShownTurn, context: TurnContext): TemplateResult {
	const { strings, text } = context;
	const { id, answer } = shown;
	return html`<article class="turn">
		${question(shown.question, context)}
		<section
			class="answer"
			data-role="answer"
			data-state=${answer.is}
			aria-busy=${isRunning(answer) ? 'true' : 'false'}
			aria-label=${strings.answer}
		>
			${text} ${progress(answer, context)} ${waiting(shown, context)} ${ending(answer, id, context)}
		</section>
	</article>`;
}

function question({ text, attachments }: QuestionView, { strings, numbers }: TurnContext): TemplateResult {
	const chips = attachments.map(
		({ label, bytes }) =>
			html`<li class="chip">${icon('file-code')}<bdi>${label}</bdi><span>${numbers.kilobytes(bytes)}</span></li>`,
	);
	return html`<section class="question" data-role="question" aria-label=${strings.question}>
		<div class="question-text" dir="auto">${text}</div>
		${
			chips.length > 0
				? html`<ul class="chips" aria-label=${strings.attached}>
						${chips}
					</ul>`
				: nothing
		}
	</section>`;
}

function progress(answer: AnswerView, { strings }: TurnContext): TemplateResult | typeof nothing {
	return answer.is === 'waiting' && answer.step !== 'queued'
		? html`<p class="progress">
				<span class="dot" aria-hidden="true"></span>${answer.step === 'thinking' ? strings.thinking : strings.sending}
			</p>`
		: nothing;
}

function waiting({ answer, arrivedAt }: ShownTurn, context: TurnContext): TemplateResult | typeof nothing {
	const wait = waitOf(answer);
	return wait ? waitCard(wait, wait.inMs - (context.now - arrivedAt), context) : nothing;
}

function ending(answer: AnswerView, id: string, context: TurnContext): TemplateResult | typeof nothing {
	switch (answer.is) {
		case 'waiting':
		case 'streaming':
			return nothing;
		case 'done':
			return html`${note(answer.note)}${footer(answer.footer, id, context)}`;
		case 'failed':
			return html`${errorCard(answer.error, id, context)}${footer(answer.footer, id, context)}`;
		case 'stopped':
			return html`${note(context.strings.stopped)}${footer(answer.footer, id, context)}`;
	}
}

function note(text: string | undefined): TemplateResult | typeof nothing {
	return text === undefined ? nothing : html`<p class="note">${text}</p>`;
}
