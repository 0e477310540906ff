import { html, svg, type TemplateResult } from 'lit-html';
import type { RestRow, SpanKind, SpanView } from '../dashboardProtocol';
import type { Context } from './context';
import { behind, moreRows, note, table } from './parts';
import { usageOf } from './usage';

/** Units across the picture; the thinnest span that can be seen. */
const wide = 1_000;
const thinnest = 2;
/** Times named below the picture. */
const ticks = 4;

/** When which bucket cooled down, and which key needs attention: a picture over the chosen span of time, and a table. */
export function rests(context: Context): TemplateResult {
	const { strings, data } = context;
	const range = rangeMs(context);
	const rows = data.rests
		.map((row) => ({
			...row,
			spans: row.spans.filter((span) => endOf(span) < range),
		}))
		.filter(({ spans }) => spans.length > 0);
	// The listed ones are the latest: where one of them is older than the range, so are the others.
	const more = rows.length < data.rests.length ? 0 : data.moreRests;
	return html`<section>
		<h2>${strings.rests}</h2>
		${
			rows.length === 0
				? note(strings.emptyRests)
				: html`<ul class="timeline">
							${rows.map((row) => timeline(row, range, context))}
						</ul>
						${axis(range, context)} ${legend(rows)} ${moreRows(more, context)}
						${behind(context, 'rests-table', asTable(rows, context))}`
		}
	</section>`;
}

/** The same span of time as the chart's. */
function rangeMs(context: Context): number {
	const { slotMs, slots, lastAgo } = usageOf(context);
	return (slots - 1) * slotMs + lastAgo;
}

function timeline({ label, model, spans }: RestRow, range: number, context: Context): TemplateResult {
	return html`<li>
		<span class="name"><bdi>${label}</bdi>${model === undefined ? '' : html` <bdi class="fine">${model}</bdi>`}</span>
		<svg class="spans" viewBox="0 0 ${wide} 1" preserveAspectRatio="none" aria-hidden="true">
			<rect class="whole" width=${wide} height="1"></rect>
			${spans.map((span) => picture(span, range, context))}
		</svg>
	</li>`;
}

function picture(span: SpanView, range: number, context: Context) {
	const at = (ago: number) => wide * (1 - Math.min(1, Math.max(0, ago / range)));
	const [from, to] = [at(span.fromAgo), at(endOf(span))];
	const width = Math.max(thinnest, to - from);
	return svg`<rect class="span" data-colour=${span.kind} x=${Math.min(from, wide - width)} width=${width} height="1">
		<title>${span.words}, ${describeSpan(span, context)}</title>
	</rect>`;
}

function axis(range: number, { times, arrivedAt }: Context): TemplateResult {
	const at = Array.from({ length: ticks + 1 }, (_, n) => arrivedAt - range * (1 - n / ticks));
	return html`<div class="axis fine" aria-hidden="true">
		${at.map((time) => html`<span>${times.toMinute(time)}</span>`)}
	</div>`;
}

/** Each colour that occurs, with the reasons that it stands for. */
function legend(rows: readonly RestRow[]): TemplateResult {
	const reasons = new Map<SpanKind, Set<string>>();
	for (const { kind, words } of rows.flatMap(({ spans }) => spans)) {
		reasons.set(kind, (reasons.get(kind) ?? new Set()).add(words));
	}
	return html`<div class="legend">
		<ul>
			${[...reasons].map(
				([kind, words]) => html`<li><span class="swatch" data-colour=${kind}></span>${[...words].join(', ')}</li>`,
			)}
		</ul>
	</div>`;
}

function asTable(rows: readonly RestRow[], context: Context): TemplateResult {
	const { strings, times, arrivedAt } = context;
	const lines = rows.flatMap(({ label, model, spans }) =>
		[...spans].reverse().map(
			(span) =>
				html`<tr>
					<th scope="row"><bdi>${label}</bdi></th>
					<td class="model"><bdi>${model ?? ''}</bdi></td>
					<td>${span.words}</td>
					<td>${times.toSecond(arrivedAt - span.fromAgo, arrivedAt)}</td>
					<td>${until(span, context)}</td>
				</tr>`,
		),
	);
	return table(strings.rests, [strings.project, strings.model, strings.reason, strings.from, strings.until], lines);
}

function describeSpan(span: SpanView, context: Context): string {
	const { times, arrivedAt } = context;
	return `${times.toSecond(arrivedAt - span.fromAgo, arrivedAt)} – ${until(span, context)}`;
}

function until({ untilAgo }: SpanView, { strings, times, arrivedAt }: Context): string {
	return untilAgo === undefined ? strings.untilPerson : times.toSecond(arrivedAt - untilAgo, arrivedAt);
}

/** ms ago; what goes on has not ended. */
function endOf({ untilAgo = 0 }: SpanView): number {
	return Math.max(0, untilAgo);
}
