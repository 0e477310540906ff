import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChatStrings } from '../../chatStrings';
import { filled, type Numbers } from '../../shared/format';
import { iconButton } from '../../shared/icon';
import type { Actions } from '../state/actions';
import type { FindState } from './find';
import { maxMatches } from './textRanges';

/** Enter goes on, with Shift back; Escape closes. */
export function findBar(
	{ isOpen, current, count }: FindState,
	strings: ChatStrings,
	numbers: Numbers,
	actions: Actions,
): TemplateResult | typeof nothing {
	if (!isOpen) return nothing;
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.isComposing) return;
		if (event.key === 'Escape') {
			event.preventDefault();
			actions.closeFind();
		} else if (event.key === 'Enter') {
			event.preventDefault();
			actions.goToMatch(event.shiftKey ? -1 : 1);
		}
	};
	const onInput = ({ target }: Event) => target instanceof HTMLInputElement && actions.seek(target.value);
	const many = count === maxMatches ? `${numbers.count(count)}+` : numbers.count(count);
	const told = count === 0 ? strings.findNone : filled(strings.findCount, numbers.count(current), many);
	return html`<div class="find" role="search" @keydown=${onKeyDown}>
		<input type="search" data-role="find" aria-label=${strings.find} placeholder=${strings.find} @input=${onInput} />
		<span role="status" data-role="matches">${told}</span>
		${iconButton('arrow-up', strings.findBefore, () => actions.goToMatch(-1), count === 0)}
		${iconButton('arrow-down', strings.findNext, () => actions.goToMatch(1), count === 0)}
		${iconButton('close', strings.findClose, actions.closeFind)}
	</div>`;
}
