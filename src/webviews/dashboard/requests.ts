import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { AttemptView, RequestView } from '../dashboardProtocol';
import { filled } from '../shared/format';
import { icon } from '../shared/icon';
import type { Context } from './context';
import { lasted, note, table } from './parts';

/** The last requests, each with how it came about. */
export function requests(context: Context): TemplateResult {
	const { strings, data } = context;
	const columns = [
		strings.time,
		strings.origin,
		strings.outcome,
		strings.model,
		strings.key,
		{ number: strings.tokens },
		{ number: strings.duration },
	];
	return html`<section>
		<h2>${strings.requests}</h2>
		${
			data.requests.length === 0
				? note(strings.emptyRequests)
				: table(strings.requests, columns, [
						html`${repeat(
							data.requests,
							({ id }) => id,
							(request) => html`${row(request, context)}${attempts(request, context)}`,
						)}`,
					])
		}
		${data.origins.length > 1 ? origins(context) : nothing}
	</section>`;
}

/** Surfaces, tools and extensions, with what each of them asked. */
function origins({ strings, numbers, data }: Context): TemplateResult {
	const rows = data.origins.map(
		({ origin, requests, answered, input, output }) =>
			html`<tr>
				<th scope="row"><bdi>${origin}</bdi></th>
				<td class="number">${numbers.count(requests)}</td>
				<td class="number">${numbers.count(answered)}</td>
				<td class="number">${numbers.count(input)}</td>
				<td class="number">${numbers.count(output)}</td>
			</tr>`,
	);
	const title = filled(strings.byOrigin, numbers.count(data.origins.reduce((sum, { requests }) => sum + requests, 0)));
	const counts = [strings.requestCount, strings.answered, strings.input, strings.output].map((number) => ({ number }));
	return html`<h3>${title}</h3>
		${table(title, [strings.origin, ...counts], rows)}`;
}

function row(request: RequestView, context: Context): TemplateResult {
	const { numbers, times, arrivedAt, actions, strings } = context;
	const { id, endedAgo, origin, outcome, words, key, model, input, output, ms } = request;
	const open = actions.isOpen(id);
	return html`<tr class="request" data-outcome=${outcome} data-request=${id}>
		<td>
			<button
				type="button"
				class="expand"
				aria-expanded=${open ? 'true' : 'false'}
				aria-controls="attempts-${id}"
				title=${strings.showAttempts}
				@click=${() => actions.toggleRequest(id)}
			>
				${icon(open ? 'chevron-down' : 'chevron-right')}${times.toSecond(arrivedAt - endedAgo, arrivedAt)}
			</button>
		</td>
		<td>${origin}</td>
		<td data-field="outcome">${icon(outcome === 'answered' ? 'check' : 'warning')}${words}</td>
		<td class="model"><bdi>${model ?? ''}</bdi></td>
		<td><bdi data-field="key">${key ?? ''}</bdi></td>
		<td class="number">${input + output === 0 ? nothing : `${numbers.count(input)} + ${numbers.count(output)}`}</td>
		<td class="number">${ms === undefined ? nothing : lasted(ms, context)}</td>
	</tr>`;
}

function attempts(request: RequestView, context: Context): TemplateResult {
	const { strings, numbers, actions } = context;
	const { id, attempts, earlier } = request;
	return html`<tr class="attempts" id="attempts-${id}" ?hidden=${!actions.isOpen(id)}>
		<td colspan="7">
			${facts(request, context)} ${earlier > 0 ? note(filled(strings.earlier, numbers.count(earlier))) : nothing}
			<ol aria-label=${strings.attempts} start=${earlier + 1}>
				${attempts.map((attempt) => sent(attempt, context))}
			</ol>
		</td>
	</tr>`;
}

function facts({ waitedMs, firstMs, switches }: RequestView, context: Context): TemplateResult | typeof nothing {
	const { strings } = context;
	const notes = [
		...(waitedMs > 0 ? [filled(strings.waited, lasted(waitedMs, context))] : []),
		...(firstMs === undefined ? [] : [filled(strings.first, lasted(firstMs, context))]),
		...(switches.length === 0 ? [] : [filled(strings.switched, switches.join(', '))]),
	];
	return notes.length === 0 ? nothing : note(notes.join(' · '));
}

function sent({ sentAgo, key, model, outcome, words, ms }: AttemptView, context: Context): TemplateResult {
	const { times, arrivedAt } = context;
	return html`<li data-outcome=${outcome}>
		${times.toSecond(arrivedAt - sentAgo, arrivedAt)} · <bdi>${key}</bdi> · <bdi>${model}</bdi> · ${words} ·
		${lasted(ms, context)}
	</li>`;
}
