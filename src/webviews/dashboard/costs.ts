import { html, nothing, type TemplateResult } from 'lit-html';
import type { CostRow, CostsView } from '../dashboardProtocol';
import type { Context } from './context';
import { moreRows, note, options, table } from './parts';

/** What answers cost: against budgets, and by day, key, client or model. */
export function costs(context: Context): TemplateResult {
	const { strings, data, choice, actions } = context;
	const view = data.costs;
	const rows = view[choice.costsBy];
	const of = strings[labels[choice.costsBy]];
	return html`<section data-role="costs">
		<h2>${strings.costs}</h2>
		${view.pricesOld === undefined ? nothing : html`<p class="notice" data-field="prices-old">${view.pricesOld}</p>`}
		${budgets(view, context)}
		<div class="toolbar">
			${options(
				strings.costs,
				choice.costsBy,
				[
					['byDay', strings.byDay],
					['byKey', strings.byKey],
					['byClient', strings.byClient],
					['byModel', strings.byModel],
				],
				(costsBy) => actions.choose({ costsBy }),
			)}
		</div>
		${rows.length === 0 ? note(strings.emptyCosts) : costTable(of, rows, context)}
		${view.missing === undefined ? nothing : note(view.missing)}
		${view.prices === undefined ? nothing : note(view.prices)}
	</section>`;
}

type Budgets = Pick<CostsView, 'budgets' | 'moreBudgets'>;

const labels = { byDay: 'day', byKey: 'key', byClient: 'client', byModel: 'model' } as const;

function budgets({ budgets: rows, moreBudgets }: Budgets, context: Context): TemplateResult {
	const { strings, actions } = context;
	const isAnyHeld = rows.some(({ held }) => held !== undefined);
	const shown = rows.map(
		({ label, day, month, held }) =>
			html`<tr data-budget=${label}>
				<th scope="row"><bdi>${label}</bdi></th>
				<td data-field="day">${day}</td>
				<td data-field="month">${month}</td>
				${isAnyHeld ? html`<td>${held === undefined ? nothing : stopped(held, context)}</td>` : nothing}
			</tr>`,
	);
	const columns = [strings.budgets, strings.today, strings.thisMonth, ...(isAnyHeld ? [strings.availability] : [])];
	return html`${table(strings.budgets, columns, shown)} ${moreRows(moreBudgets, context)}
		<div class="toolbar">
			<button type="button" data-action="set-budget" @click=${() => actions.run('setPoolBudget')}>
				${strings.setBudget}
			</button>
		</div>`;
}

function stopped(held: string, { strings, actions }: Context): TemplateResult {
	return html`<span class="held">${held}</span>
		<button type="button" data-action="release" @click=${() => actions.run('releaseClient')}>
			${strings.letGoOn}
		</button>`;
}

function costTable(of: string, rows: readonly CostRow[], context: Context): TemplateResult {
	const { strings, numbers } = context;
	const number = (text: string) => ({ number: text });
	// What was refused for its quota is sent, and does not count.
	const columns = [strings.cost, strings.listCost, strings.counted, strings.input, strings.cached, strings.output];
	return table(
		`${strings.costs}: ${of}`,
		[of, ...columns.map(number)],
		rows.map(
			({ label, sends, input, cached, output, cost, listCost }) =>
				html`<tr data-cost=${label}>
					<th scope="row"><bdi>${label}</bdi></th>
					<td class="number" data-field="cost">${cost}</td>
					<td class="number">${listCost}</td>
					${[sends, input, cached, output].map((n) => html`<td class="number">${numbers.count(n)}</td>`)}
				</tr>`,
		),
	);
}
