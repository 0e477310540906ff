import { html, nothing, type TemplateResult } from 'lit-html';
import type { QuotaView, UseView } from '../dashboardProtocol';
import { countdown, filled } from '../shared/format';
import type { Context } from './context';
import { moreRows, note, share, table } from './parts';

/** ms. Nearer resets are counted down, farther ones are a time of day. */
const countdownMs = 10 * 60_000;

/** What each project has used of each model, against its limits. */
export function quotas(context: Context): TemplateResult {
	const { strings, data } = context;
	return html`<section>
		<h2>${strings.quotas}</h2>
		${
			data.quotas.length === 0
				? note(strings.emptyQuotas)
				: html`${table(
						strings.quotas,
						columns(context),
						data.quotas.map((quota) => row(quota, context)),
					)}
					${moreRows(data.moreQuotas, context)}`
		}
	</section>`;
}

function columns({ strings, data }: Context): readonly string[] {
	const { project, model, requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, availability } = strings;
	const daily = hasDailyTokens(data.quotas) ? [tokensPerDay] : [];
	return [project, model, availability, requestsPerMinute, tokensPerMinute, requestsPerDay, ...daily];
}

function hasDailyTokens(all: readonly QuotaView[]): boolean {
	return all.some(({ tpd }) => tpd !== undefined);
}

function row(quota: QuotaView, context: Context): TemplateResult {
	const { project, model, rpm, tpm, rpd, tpd, availability } = quota;
	// A daily cap, which has no minute, counts answers too.
	const what = rpm && context.strings.input;
	return html`<tr>
		<th scope="row"><bdi>${project}</bdi></th>
		<td class="model"><bdi>${model}</bdi></td>
		<td class="standing">${availability}</td>
		${[rpm, tpm, rpd].map((view) => html`<td>${use(view, context)}</td>`)}
		${hasDailyTokens(context.data.quotas) ? html`<td>${use(tpd, context, what)}</td>` : nothing}
	</tr>`;
}

/** @param what is counted, where the column's head names more */
function use(view: UseView | undefined, context: Context, what = ''): TemplateResult | typeof nothing {
	if (!view) return nothing;
	const { strings, numbers } = context;
	const { used, limit } = view;
	const counted =
		limit === undefined ? numbers.count(used) : filled(strings.of, numbers.count(used), numbers.count(limit));
	return html`<div class="use">
		<span>${counted}</span>
		${limit === undefined ? nothing : bar(used, limit)}
		<span class="fine"
			>${[what, fromOthers(view, context), origin(view, context), reset(view, context)].filter((text) => text !== '').join(' · ')}</span
		>
	</div>`;
}

function bar(used: number, limit: number): TemplateResult {
	const of = limit > 0 ? Math.min(1, used / limit) : 1;
	return share(of, of >= 1 ? 'full' : of >= 0.8 ? 'near' : 'room');
}

function fromOthers({ others }: UseView, { strings, numbers }: Context): string {
	return others === undefined ? '' : filled(strings.usedByOthers, numbers.count(others));
}

function origin({ limit, source }: UseView, { strings }: Context): string {
	if (limit === undefined) return strings.limitUnknown;
	if (source === 'user') return strings.limitOwn;
	return source === 'tested' ? strings.limitFound : '';
}

function reset({ used, limit, resetsInMs }: UseView, { strings, times, arrivedAt, age }: Context): string {
	const left = resetsInMs - age;
	if (limit === undefined || used === 0 || left <= 0) return '';
	return left < countdownMs
		? filled(strings.resetsIn, countdown(left))
		: filled(strings.resetsAt, times.moment(arrivedAt + resetsInMs, arrivedAt));
}
