import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import type { FooterView } from '../../protocol';
import type { Actions } from '../state/actions';
import { filled, type Numbers } from '../../shared/format';
import { icon, iconButton } from '../../shared/icon';

export interface FooterContext {
	readonly strings: ChatStrings;
	readonly numbers: Numbers;
	readonly actions: Actions;
	/** Another answer runs. */
	readonly busy: boolean;
	/** The attempts is unfolded. */
	readonly open: boolean;
	/** There is no text to copy. */
	readonly empty: boolean;
}

/** How an answer came about: key, model, tokens, seconds, fallbacks; the attempts on demand. */
export function footer(view: FooterView, turn: string, context: FooterContext): TemplateResult {
	const { strings, numbers, actions, busy, open, empty } = context;
	const attempts = JSON.stringify(
		view.attempts.map(({ label, model, outcome }) => ({
			label,
			model,
			outcome,
		})),
	);
	const id = `attempts-${turn}`;
	// One send that was answered, or stopped, is no story: key, model and time say it all.
	const told = view.attempts.some(({ outcome }) => outcome !== 'answered' && outcome !== 'cancelled');
	return html`<div class="footer" data-attempts=${attempts} data-fallbacks=${view.fallbacks}>
			${fact('key', strings.key, view.key, icon('key'))} ${fact('model', strings.model, view.model)}
			${fact('tokens', '', tokens(view, strings, numbers))} ${fact('cost', strings.costNote, view.cost)}
			${fact('seconds', '', filled(strings.seconds, numbers.seconds(view.ms)))}
			<button
				type="button"
				class="link-button"
				data-field="fallbacks"
				title=${strings.attempts}
				aria-expanded=${open ? 'true' : 'false'}
				aria-controls=${id}
				?hidden=${!told}
				@click=${() => actions.toggleAttempts(turn)}
			>
				${howOften(view, strings, numbers)}
			</button>
			<span class="tools">
				${empty ? nothing : iconButton('copy', strings.copyAnswer, () => actions.copyAnswer(turn))}
				${iconButton('refresh', strings.retry, () => actions.retry(turn), busy)}
			</span>
		</div>
		<ol class="attempts" id=${id} aria-label=${strings.attempts} ?hidden=${!open || !told}>
			${view.attempts.map(
				(sent) =>
					html`<li class=${sent.outcome === 'answered' ? 'answered' : 'refused'}>
						<bdi>${sent.label}</bdi> · <bdi>${sent.model}</bdi> · ${sent.words} ·
						${filled(strings.seconds, numbers.seconds(sent.ms))}
					</li>`,
			)}
		</ol>`;
}

function fact(
	field: string,
	label: string,
	value: string | undefined,
	sign?: TemplateResult,
): TemplateResult | typeof nothing {
	return value === undefined
		? nothing
		: html`<span class="fact" title=${label || nothing}
				>${sign ?? nothing}<bdi data-field=${field}>${value}</bdi></span
			>`;
}

/** Without another key or model, what is told are the tries on one of them. */
function howOften({ fallbacks, attempts }: FooterView, strings: ChatStrings, numbers: Numbers): string {
	const [one, many, n] =
		fallbacks > 0
			? [strings.fallbacksOne, strings.fallbacks, fallbacks]
			: [strings.triesOne, strings.tries, attempts.length];
	return n === 1 ? one : filled(many, numbers.count(n));
}

function tokens({ input, output }: FooterView, strings: ChatStrings, numbers: Numbers): string | undefined {
	return input === undefined || output === undefined
		? undefined
		: filled(strings.tokens, numbers.count(input), numbers.count(output));
}
