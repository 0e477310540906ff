import {
	clientOf,
	oneDollar,
	projectOf,
	spendingPeriods,
	type Budget,
	type Project,
	type SpendingPeriod,
	type SpendingScope,
	type SpendingView,
} from '../../pool/pool';
import { showInformation } from '../../ui/messages';
import { causeInWords, clientInWords } from '../../localization/clientInWords';
import type { Words } from '../../localization/words';
import { spentInWords } from '../shared/spending';
import { projectInTitle, projectName } from './editKey';
import type { EditPool } from './editPool';
import type { EditProject } from './editProject';
import { askNumber, choose, type Choice } from './prompts';
import { withBudget } from './withBudget';

const range = { least: 0, most: 1_000_000, whole: false };
/** Our own surfaces, which have no name of their own. */
const surfaces = ['chat', 'palette', 'selection', 'batch', 'participant'];

/** The budget of one project. */
export async function setBudget({ project, snapshot, words, acts }: EditProject): Promise<void> {
	const name = projectInTitle(project, snapshot, words);
	const spending = snapshot.keys.find((view) => view.project.id === project.id)?.spending;
	const edited = await editBudget(words.t('Budget of {0}', name), project.budget ?? {}, spending, words);
	if (!edited) return;
	await acts.updateProject(project.id, ({ budget = {} }) => {
		const next = edited(budget);
		return { budget: Object.keys(next).length > 0 ? next : undefined };
	});
}

/** The budget of all projects together, of one that is paid, or of a client. */
export async function setPoolBudget({ snapshot, words, acts }: EditPool): Promise<void> {
	const { t } = words;
	const { pool = {}, clients = {} } = acts.budgets();
	const known = snapshot.clients.map(({ client }) => client);
	const names = [...new Set([...Object.keys(clients), ...known, ...surfaces])];
	const paid = new Map(snapshot.keys.flatMap((key) => (key.spending ? [[key.project.id, key.project] as const] : [])));
	const targets: readonly Choice<Project | string | undefined>[] = [
		{ label: t('All paid projects together'), description: budgetInWords(pool, words), value: undefined },
		...[...paid.values()].map((project) => ({
			label: projectName(project, snapshot, words),
			description: budgetInWords(project.budget ?? {}, words),
			value: project,
		})),
		...names.map((client) => ({
			label: clientInWords(client, t),
			description: budgetInWords(clients[client] ?? {}, words),
			value: client,
		})),
	];
	const target = await choose(t('Whose budget?'), targets);
	if (!target) return;
	const { value } = target;
	if (typeof value === 'object') return setBudget({ project: value, snapshot, words, acts });
	const client = value;
	const title =
		client === undefined ? t('Budget of all paid projects together') : t('Budget of {0}', clientInWords(client, t));
	const spending =
		client === undefined ? snapshot.spending : snapshot.clients.find((view) => view.client === client)?.spending;
	const edited = await editBudget(title, (client === undefined ? pool : clients[client]) ?? {}, spending, words);
	if (!edited) return;
	await acts.changeBudgets((now) => {
		const budget = client === undefined ? now.pool : now.clients?.[client];
		return withBudget(now, client, edited(budget ?? {}));
	});
}

/** Lets more be spent until the day or the month ends. */
export async function raiseBudget({ snapshot, words, acts }: EditPool): Promise<void> {
	const { t, describeMoney } = words;
	const targets = raisable(snapshot, words);
	if (targets.length === 0) {
		void showInformation(t('No budget is set.'));
		return;
	}
	const chosen = await choose(t('Which budget is raised for now?'), targets);
	if (!chosen) return;
	const { scope, period, limit, label } = chosen.value;
	const prompt =
		period === 'day'
			? t('Dollars more, until midnight Pacific time. The budget is {0} now.', describeMoney(limit))
			: t('Dollars more, until the month ends, Pacific time. The budget is {0} now.', describeMoney(limit));
	const given = await askNumber(t('Raise for now: {0}', label), prompt, limit / oneDollar, range, words);
	if (given?.number !== undefined) await acts.raiseBudget(scope, period, Math.round(given.number * oneDollar));
}

/** Lets a client that is held go on: the named one, else whichever a person chooses. */
export async function releaseClient({ snapshot, words, acts }: EditPool, named?: unknown): Promise<void> {
	const { t } = words;
	const held = snapshot.clients.flatMap(({ client, held: why, spending }) => {
		if (!why) return [];
		const description = causeInWords(why.cause, t);
		const detail = t(
			'{0} today, {1} this month',
			words.describeMoney(spending.day.cost),
			words.describeMoney(spending.month.cost),
		);
		return [{ label: clientInWords(client, t), description, detail, value: client }];
	});
	if (held.length === 0) {
		void showInformation(t('No client is stopped.'));
		return;
	}
	const chosen = held.find(({ value }) => value === named) ?? (await choose(t('Which client may continue?'), held));
	if (chosen) await acts.releaseClient(chosen.value);
}

interface Raisable {
	readonly scope: SpendingScope;
	readonly period: SpendingPeriod;
	readonly limit: number;
	/** Whose it is. */
	readonly label: string;
}

/** Every budget that holds, the most used first. */
function raisable(snapshot: EditPool['snapshot'], words: Words): readonly Choice<Raisable>[] {
	const { t } = words;
	const scopes = new Map<SpendingScope, { readonly label: string; readonly spending: SpendingView }>();
	scopes.set('pool', { label: t('All paid projects together'), spending: snapshot.spending });
	for (const { project, spending } of snapshot.keys) {
		if (spending) scopes.set(`project/${project.id}`, { label: projectName(project, snapshot, words), spending });
	}
	for (const { client, spending } of snapshot.clients)
		scopes.set(`client/${client}`, { label: clientInWords(client, t), spending });
	return [...scopes]
		.flatMap(([scope, { label, spending }]) =>
			spendingPeriods.flatMap((period) => {
				const { limit, cost, reserved } = spending[period];
				if (limit === undefined) return [];
				const what = period === 'day' ? t('today') : t('this month');
				const description = `${what}: ${spentInWords(spending[period], words)}`;
				const share = limit > 0 ? (cost + reserved) / limit : 1;
				return [{ share, choice: { label, description, value: { scope, period, limit, label } } }];
			}),
		)
		.sort((a, b) => b.share - a.share)
		.map(({ choice }) => choice);
}

/** What a person wants of a budget, for how it stands when it is written; undefined: nothing. */
async function editBudget(
	title: string,
	current: Budget,
	spending: SpendingView | undefined,
	words: Words,
): Promise<((now: Budget) => Budget) | undefined> {
	const { t, describeMoney } = words;
	const describe = (period: SpendingPeriod): string => {
		const dollars = current[period];
		const limit = dollars === undefined ? t('no budget') : describeMoney(dollars * oneDollar);
		return spending ? t('{0}; spent: {1}', limit, describeMoney(spending[period].cost)) : limit;
	};
	const choices: readonly Choice<SpendingPeriod>[] = [
		{ label: t('Dollars a day'), description: describe('day'), value: 'day' },
		{ label: t('Dollars a month'), description: describe('month'), value: 'month' },
	];
	const chosen = await choose(title, choices);
	if (!chosen) return undefined;
	const prompt =
		chosen.value === 'day'
			? t(
					'The most that Keypool may spend in a day, counted from midnight Pacific time. Empty: no budget. Google’s bill is final.',
				)
			: t('The most that Keypool may spend in a month, Pacific time. Empty: no budget. Google’s bill is final.');
	const given = await askNumber(title, prompt, current[chosen.value], range, words);
	if (!given) return undefined;
	return (now) => {
		// What a person has chosen is no default any more.
		const { [chosen.value]: before, isDefault, ...rest } = now;
		return given.number === undefined ? rest : { ...rest, [chosen.value]: given.number };
	};
}

function budgetInWords({ day, month }: Budget, { t, describeMoney }: Words): string {
	const parts = [
		...(day === undefined ? [] : [t('{0} a day', describeMoney(day * oneDollar))]),
		...(month === undefined ? [] : [t('{0} a month', describeMoney(month * oneDollar))]),
	];
	return parts.length > 0 ? parts.join(', ') : t('no budget');
}

/** Whose budget it is. */
export function scopeInWords(scope: SpendingScope, snapshot: EditPool['snapshot'], words: Words): string {
	const project = projectOf(scope);
	const view = snapshot.keys.find((one) => one.project.id === project);
	const client = clientOf(scope);
	if (client !== undefined) return clientInWords(client, words.t);
	return view ? projectName(view.project, snapshot, words) : words.t('All paid projects together');
}
