import type { Attempt, RequestRecord, EpochMs } from '../../pool/pool';
import type { AttemptView, OriginTotals, RequestView } from '../../webviews/dashboardProtocol';
import type { Voice } from './voice';

/** Requests, and attempts of one, that are shown. */
const maxRequests = 100;
const maxAttempts = 20;

/** How the last requests came about; `requestRecords` oldest first, what is made of them newest first. */
export function requestViews(
	requestRecords: readonly RequestRecord[],
	now: EpochMs,
	voice: Voice,
): readonly RequestView[] {
	return requestRecords
		.slice(-maxRequests)
		.reverse()
		.map((attempts) => requestView(attempts, now, voice));
}

function requestView(record: RequestRecord, now: EpochMs, voice: Voice): RequestView {
	const { request, origin, endedAt, outcome, attempts, timings: took } = record;
	const last = attempts.at(-1);
	return {
		id: request,
		endedAgo: Math.max(0, now - endedAt),
		origin: voice.origin(origin),
		outcome,
		words: voice.outcome(outcome),
		...(last && { key: voice.mask(last.label), model: voice.mask(last.model) }),
		input: inputOf(attempts),
		output: outputOf(attempts),
		...(took && { ms: took.ms }),
		...(took?.firstMs !== undefined && { firstMs: took.firstMs }),
		waitedMs: took?.waitedMs ?? 0,
		switches: (took?.switches ?? []).map((reason) => voice.outcome(reason)),
		attempts: attempts.slice(-maxAttempts).map((attempt) => attemptView(attempt, now, voice)),
		earlier: Math.max(0, attempts.length - maxAttempts),
	};
}

/** Who asked, the busiest first. */
export function originTotals(records: readonly RequestRecord[], voice: Voice): readonly OriginTotals[] {
	const totals = new Map<string, OriginTotals>();
	for (const { origin, outcome, attempts } of records) {
		const name = voice.origin(origin);
		const before = totals.get(name) ?? { origin: name, requests: 0, answered: 0, input: 0, output: 0 };
		totals.set(name, {
			origin: name,
			requests: before.requests + 1,
			answered: before.answered + (outcome === 'answered' ? 1 : 0),
			input: before.input + inputOf(attempts),
			output: before.output + outputOf(attempts),
		});
	}
	return [...totals.values()].sort((a, b) => b.requests - a.requests || (a.origin < b.origin ? -1 : 1));
}

export function inputOf(attempts: readonly Attempt[]): number {
	return sum(attempts, ({ usage }) => usage?.input);
}

export function outputOf(attempts: readonly Attempt[]): number {
	return sum(attempts, ({ usage }) => usage && usage.output + usage.thoughts);
}

function attemptView({ label, model, sentAt, ms, outcome }: Attempt, now: EpochMs, voice: Voice): AttemptView {
	return {
		sentAgo: Math.max(0, now - sentAt),
		key: voice.mask(label),
		model: voice.mask(model),
		outcome,
		words: voice.outcome(outcome),
		ms,
	};
}

export function sum(attempts: readonly Attempt[], of: (attempt: Attempt) => number | undefined): number {
	return attempts.reduce((total, attempt) => total + (of(attempt) ?? 0), 0);
}
