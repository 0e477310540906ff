import { html, nothing, type TemplateResult } from 'lit-html';
import type { GroupTotals, UsageView } from '../dashboardProtocol';
import { filled } from '../shared/format';
import { icon } from '../shared/icon';
import { layersOf, slotTimes, type Layer } from './choice';
import type { Context } from './context';
import { behind, note, options, table } from './parts';

export function usageOf({ data, choice }: Context): UsageView {
	return choice.range === 'hour' ? data.hour : data.day;
}

/** What was sent over time: a picture, its legend, and the numbers in tables. `hovered`: a slot under the pointer. */
export function usage(context: Context, chart: Element, hovered: number | undefined): TemplateResult {
	const { strings, choice, actions } = context;
	const view = usageOf(context);
	if (view.total.sends === 0) return html`<section>${heading(context)} ${nothingSent(context)}</section>`;
	const layers = layersOf(view, choice);
	return html`<section>
		${heading(context)}
		<div class="toolbar">
			${options(
				strings.by,
				choice.by,
				[
					['key', strings.byKey],
					['outcome', strings.byOutcome],
					['client', strings.byClient],
				],
				(by) => actions.choose({ by }),
			)}
			${options(
				strings.show,
				choice.show,
				[
					['sends', strings.sends],
					['tokens', strings.tokens],
					['fallbacks', strings.fallbacks],
				],
				(show) => actions.choose({ show }),
			)}
		</div>
		${
			layers.length === 0
				? note(strings.noFallbacks)
				: html`<div role="img" aria-label=${spoken(layers, context)}>${chart}</div>
						${legend(layers, view, hovered, context)} ${behind(context, 'usage-table', asTable(layers, view, context))}`
		}
		<h3>${choice.by === 'client' ? strings.byClient : strings.byKey}</h3>
		${choice.by === 'client' ? totals(strings.client, view.clients, context) : totals(strings.key, view.keys, context)}
	</section>`;
}

function heading({ strings }: Context): TemplateResult {
	return html`<h2>${strings.usage}</h2>`;
}

function nothingSent({ strings, data, choice, actions }: Context): TemplateResult {
	if (!data.pool.hasKeys) return note(strings.emptyKeys);
	const isQuiet = choice.range === 'hour' && data.day.total.sends > 0;
	return html`<div class="empty" data-role="empty">
		${note(strings.noUse)}
		${
			isQuiet
				? html`<button type="button" @click=${() => actions.choose({ range: 'day' })}>${strings.lastDay}</button>`
				: html`<button type="button" class="main" @click=${() => actions.run('ask')}>
						${icon('comment')}${strings.ask}
					</button>`
		}
	</div>`;
}

function spoken(layers: readonly Layer[], { strings, numbers, choice }: Context): string {
	const range = choice.range === 'hour' ? strings.lastHour : strings.lastDay;
	const shares = layers.map(({ label, sum }) => `${label} ${numbers.count(sum)}`);
	return `${filled(strings.chart, strings[choice.show], range)}: ${shares.join(', ')}`;
}

/** With the sums, or the values of the slot under the pointer. */
function legend(
	layers: readonly Layer[],
	view: UsageView,
	hovered: number | undefined,
	{ numbers, times, arrivedAt, strings }: Context,
): TemplateResult {
	const from = hovered === undefined ? undefined : slotTimes(view, arrivedAt)[hovered];
	return html`<div class="legend">
		<span class="when">
			${from === undefined ? strings.all : `${times.toMinute(from)}–${times.toMinute(from + view.slotMs)}`}
		</span>
		<ul>
			${layers.map(
				({ label, colour, sum, values }) =>
					html`<li>
						<span class="swatch" data-colour=${colour}></span><bdi>${label}</bdi>
						<b>${numbers.count(from === undefined ? sum : (values[hovered ?? 0] ?? 0))}</b>
					</li>`,
			)}
		</ul>
	</div>`;
}

/** The chart as numbers; a slot without any is left out. */
function asTable(layers: readonly Layer[], view: UsageView, context: Context): TemplateResult {
	const { strings, numbers, times, arrivedAt, choice } = context;
	const rows = slotTimes(view, arrivedAt)
		.map((from, n) => ({
			from,
			values: layers.map(({ values }) => values[n] ?? 0),
		}))
		.filter(({ values }) => values.some((value) => value > 0))
		.map(
			({ from, values }) =>
				html`<tr>
					<th scope="row">${times.toMinute(from)}</th>
					${values.map((value) => html`<td class="number">${numbers.count(value)}</td>`)}
					<td class="number">${numbers.count(values.reduce((total, value) => total + value, 0))}</td>
				</tr>`,
		);
	const columns = [
		strings.time,
		...[...layers.map(({ label }) => label), strings.all].map((number) => ({
			number,
		})),
	];
	return table(`${strings.usage}: ${strings[choice.show]}`, columns, rows);
}

/** Each key or client with what came of its sends. */
function totals(of: string, groups: readonly GroupTotals[], context: Context): TemplateResult {
	const { strings, numbers } = context;
	const rows = groups.map(
		({ label, sends, answered, failures, fallbacks, input, output }) =>
			html`<tr data-group=${label}>
				<th scope="row"><bdi>${label}</bdi></th>
				<td class="number" data-field="sends">${numbers.count(sends)}</td>
				<td class="number" data-field="answered">${numbers.count(answered)}</td>
				<td>
					${
						failures.length === 0
							? nothing
							: failures.map((one) => `${one.words} ${numbers.count(one.sends)}`).join(' · ')
					}
				</td>
				<td class="number" data-field="fallbacks">${numbers.count(fallbacks)}</td>
				<td class="number">${numbers.count(input)}</td>
				<td class="number">${numbers.count(output)}</td>
			</tr>`,
	);
	const number = (text: string) => ({ number: text });
	return table(
		`${strings.usage}: ${of}`,
		[
			of,
			...[strings.sends, strings.answered].map(number),
			strings.failures,
			...[strings.fallbacks, strings.input, strings.output].map(number),
		],
		rows,
	);
}
