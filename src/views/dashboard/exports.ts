import type { Masker } from '../../masking/masking';
import type { Attempt, Snapshot, RequestRecord, EpochMs } from '../../pool/pool';
import { byteOrderMark } from '../../common/decodedText';
import { onceEach } from '../../common/lazily';
import { writeTable } from '../../common/table';
import type { History } from './project';
import { budgets, costColumns, costs } from './costExports';
import { buckets, projectNames } from './quotas';
import { inputOf, outputOf, sum } from './requests';
import { labelsOf } from './voice';

export interface ExportFacts {
	readonly snapshot: Snapshot;
	readonly history: History;
	/** The store's clock. */
	readonly now: EpochMs;
	readonly mask: Masker;
}

/** What can be exported, and into which kind of file. */
export const exportKinds = {
	usage: 'csv',
	requests: 'csv',
	costs: 'csv',
	rests: 'csv',
	all: 'json',
} as const;

export type ExportKind = keyof typeof exportKinds;

type Row = Readonly<Record<string, string | number | undefined>>;

/** The text of a file: codes and numbers for programs, times in ISO 8601 (UTC), names of keys and no key. */
export function exported(kind: ExportKind, given: ExportFacts): string {
	// A busy day has a hundred thousand rows of the same few texts, and to mask each took seconds.
	const mask = onceEach(given.mask);
	const facts = { ...given, mask };
	switch (kind) {
		case 'usage':
			return csv(usageColumns, usage(facts), mask);
		case 'requests':
			return csv(requestColumns, requests(facts).map(withoutAttempts), mask);
		case 'costs':
			return csv(costColumns, costs(facts), mask);
		case 'rests':
			return csv(['project', 'model', 'reason', 'from', 'until'], rests(facts), mask);
		case 'all':
			return `${JSON.stringify(everything(facts), (_, value: unknown) => (typeof value === 'string' ? mask(value) : value), '\t')}\n`;
	}
}

const usageColumns = [
	...['time', 'key', 'outcome', 'sends', 'inputTokens', 'outputTokens', 'fallbacks'],
	...['client', 'servedModel', 'tier', 'cachedTokens', 'thoughtsTokens', 'costMicroUsd'],
] as const;

const requestColumns = [
	'endedAt',
	'origin',
	'outcome',
	'model',
	'key',
	'sends',
	'fallbacks',
	'inputTokens',
	'outputTokens',
	'ms',
	'firstMs',
	'waitedMs',
	'project',
	'servedModel',
	'tier',
	'cachedTokens',
	'thoughtsTokens',
	'costMicroUsd',
] as const;

function everything(facts: ExportFacts): object {
	const { snapshot, now, mask } = facts;
	return {
		format: 'keypool-usage',
		version: 2,
		exportedAt: iso(now),
		keys: snapshot.keys.map(({ key, project, availability, score, success, fail }) => ({
			...{ key: mask(key.label), tier: project.tier, role: key.role, enabled: key.enabled, state: availability.state },
			...{ score, answered: success, failed: fail },
		})),
		usage: usage(facts),
		costs: costs(facts),
		budgets: budgets(facts),
		quotas: quotas(facts),
		rests: rests(facts),
		requests: requests(facts),
	};
}

function usage({ snapshot, history, mask }: ExportFacts): readonly Row[] {
	const labels = labelsOf(snapshot.keys, history.requestRecords());
	return history.minutes().map(({ minute, key, outcome, sends, input, output, fallbacks = 0, ...more }) => ({
		time: iso(minute * 60_000),
		key: mask(labels.get(key) ?? ''),
		...{ outcome, sends, inputTokens: input, outputTokens: output, fallbacks },
		client: more.client && mask(more.client),
		servedModel: more.servedModel && mask(more.servedModel),
		...{ tier: more.tier, cachedTokens: more.cached, thoughtsTokens: more.thoughts, costMicroUsd: more.cost },
	}));
}

function quotas({ snapshot: { keys }, mask }: ExportFacts): readonly object[] {
	const names = projectNames(keys, mask);
	return buckets(keys).map(({ project, model: view }) => ({
		project: names.get(project) ?? '',
		model: mask(view.model),
		state: view.availability.state,
		requestsThisMinute: view.requestsThisMinute,
		inputTokensThisMinute: view.tokensThisMinute,
		requestsToday: view.requestsToday,
		inputTokensToday: view.tokensToday,
		dayEndsAt: iso(view.dayEndsAt),
		limits: Object.fromEntries(
			Object.entries(view.limitUsage).map(([name, { limit, source }]) => [name, { limit, from: source }]),
		),
	}));
}

function rests({ snapshot: { keys }, history, mask }: ExportFacts): readonly Row[] {
	const names = projectNames(keys, mask);
	return [...history.cooldowns()].flatMap(([id, { spans }]) => {
		const slash = id.indexOf('/');
		const on = { project: names.get(id.slice(0, slash)) ?? '', model: mask(id.slice(slash + 1)) };
		return spans.map(({ reason, from, until }) => ({ ...on, reason, from: iso(from), until: iso(until) }));
	});
}

interface RequestRow extends Readonly<Record<(typeof requestColumns)[number], string | number | undefined>> {
	readonly attempts: readonly Row[];
}

function requests({ snapshot, history, mask }: ExportFacts): readonly RequestRow[] {
	const projects = projectNames(snapshot.keys, mask);
	return history.requestRecords().map((record) => requestRow(record, projects, mask));
}

function requestRow(
	{ origin, endedAt, outcome, attempts, timings: took }: RequestRecord,
	projects: ReturnType<typeof projectNames>,
	mask: Masker,
): RequestRow {
	const last = attempts.at(-1);
	return {
		endedAt: iso(endedAt),
		origin: mask(origin),
		outcome,
		model: last && mask(last.model),
		key: last && mask(last.label),
		sends: attempts.filter(({ unsent }) => !unsent).length,
		fallbacks: took?.switches.length,
		inputTokens: inputOf(attempts),
		outputTokens: outputOf(attempts),
		ms: whole(took?.ms),
		firstMs: whole(took?.firstMs),
		waitedMs: whole(took?.waitedMs),
		project: last?.project && projects.get(last.project),
		servedModel: last?.servedModel && mask(last.servedModel),
		tier: last?.tier,
		cachedTokens: sum(attempts, ({ usage }) => usage?.cached),
		thoughtsTokens: sum(attempts, ({ usage }) => usage?.thoughts),
		costMicroUsd: attempts.some(({ cost }) => cost !== undefined) ? sum(attempts, ({ cost }) => cost) : undefined,
		attempts: attempts.map((attempt) => attemptRow(attempt, mask)),
	};
}

function attemptRow({ label, model, sentAt, ms, outcome, usage, ...more }: Attempt, mask: Masker): Row {
	return {
		...{ sentAt: iso(sentAt), key: mask(label), model: mask(model), outcome, ms: whole(ms) },
		...(usage && {
			inputTokens: usage.input,
			outputTokens: usage.output + usage.thoughts,
			cachedTokens: usage.cached,
			thoughtsTokens: usage.thoughts,
		}),
		...(more.servedModel !== undefined && { servedModel: mask(more.servedModel) }),
		...(more.tier && { tier: more.tier }),
		...(more.cost !== undefined && { costMicroUsd: more.cost }),
	};
}

function withoutAttempts({ attempts, ...row }: RequestRow): Row {
	return row;
}

/** Each cell is masked by itself: a table writes some characters otherwise, and no key is found in that. */
function csv(columns: readonly string[], rows: readonly Row[], mask: Masker): string {
	const cell = (value: Row[string]): string => (typeof value === 'string' ? mask(value) : String(value ?? ''));
	const cells = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)])));
	return byteOrderMark + writeTable(columns, cells);
}

/** Of ms, which are measured finer. */
function whole(ms: number | undefined): number | undefined {
	return ms === undefined ? undefined : Math.round(ms);
}

function iso(at: EpochMs): string {
	return new Date(at).toISOString();
}
