import { html, nothing, type TemplateResult } from 'lit-html';
import type { KeyRow } from '../dashboardProtocol';
import type { Context } from './context';
import { moreRows, note, share, table } from './parts';

/** How each key is now: state, health, and whose turn is next. */
export function keys(context: Context): TemplateResult | typeof nothing {
	const { strings, data } = context;
	const { strategy, rows, more } = data.keys;
	if (rows.length === 0) return nothing;
	return html`<section data-role="keys">
		<h2>${strings.keys}</h2>
		${note(strategy)}
		${table(
			strings.keys,
			[strings.key, strings.availability, strings.health, strings.lastUsed],
			rows.map((one) => row(one, context)),
		)}
		${moreRows(more, context)}
	</section>`;
}

function row({ label, availability, health, isNext, lastUsedAgo }: KeyRow, context: Context): TemplateResult {
	const { strings, numbers, times, arrivedAt } = context;
	return html`<tr data-key=${label}>
		<th scope="row">
			<bdi>${label}</bdi>${isNext ? html` <span class="tag" data-field="next">${strings.nextInTurn}</span>` : nothing}
		</th>
		<td>${availability}</td>
		<td>
			<div class="use">
				<span data-field="health">${numbers.count(health)}</span>
				${share(health / 100, health >= 60 ? 'room' : health >= 20 ? 'near' : 'full')}
			</div>
		</td>
		<td>${lastUsedAgo === undefined ? strings.never : times.toSecond(arrivedAt - lastUsedAgo, arrivedAt)}</td>
	</tr>`;
}

/** What a team tells of itself, if there is one. */
export function team({ strings, data }: Context): TemplateResult | typeof nothing {
	if (data.team.length === 0) return nothing;
	return html`<section data-role="team">
		<h2>${strings.team}</h2>
		<dl class="facts">
			${data.team.map(
				({ label, value }) =>
					html`<div>
						<dt>${label}</dt>
						<dd><bdi>${value}</bdi></dd>
					</div>`,
			)}
		</dl>
	</section>`;
}
