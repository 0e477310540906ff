import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings, FooterView } from '../protocol';
import type { Actions } from './actions';
import { filled, type Numbers } from '../shared/format';
import { icon, iconButton } from '../shared/icon';

export interface FooterContext {
	readonly strings: ChatStrings;
	readonly numbers: Numbers;
	readonly actions: Actions;
	/** Another answer runs. */
	readonly busy: boolean;
	/** The trail is unfolded. */
	readonly open: boolean;
}

/** How an answer came about: key, model, tokens, seconds, fallbacks; the trail on demand. */
export function footer(view: FooterView, turn: string, context: FooterContext): TemplateResult {
	const { strings, numbers, actions, busy, open } = context;
	const trail = JSON.stringify(view.trail.map(({ label, model, outcome }) => ({ label, model, outcome })));
	const count = view.fallbacks === 1 ? strings.fallbacksOne : filled(strings.fallbacks, numbers.count(view.fallbacks));
	const id = `trail-${turn}`;
	return html`<div class="footer" data-trail=${trail}>
			${fact('key', strings.key, view.key, icon('key'))} ${fact('model', strings.model, view.model)}
			${fact('tokens', '', tokens(view, strings, numbers))}
			${fact('seconds', '', filled(strings.seconds, numbers.seconds(view.ms)))}
			<button
				type="button"
				class="link-button"
				data-field="fallbacks"
				data-count=${view.fallbacks}
				title=${strings.trail}
				aria-expanded=${open ? 'true' : 'false'}
				aria-controls=${id}
				?hidden=${view.trail.length === 0}
				@click=${() => actions.toggleTrail(turn)}
			>
				${count}
			</button>
			<span class="tools">
				${iconButton('copy', strings.copyAnswer, () => actions.copyAnswer(turn))}
				${iconButton('refresh', strings.retry, () => actions.retry(turn), busy)}
			</span>
		</div>
		<ol class="trail" id=${id} aria-label=${strings.trail} ?hidden=${!open}>
			${view.trail.map(
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

function tokens({ input, output }: FooterView, strings: ChatStrings, numbers: Numbers): string | undefined {
	return input === undefined || output === undefined
		? undefined
		: filled(strings.tokens, numbers.count(input), numbers.count(output));
}
