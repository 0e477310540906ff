import type { Scenario } from '../scenario';
import { Upstream, type Call } from '../upstream';
import { secretOf, type End } from './contract';
import type { Pace } from './pace';

export const differenceKinds = [
	'no call',
	'wasted call',
	'other call',
	'missing call',
	'too early',
	'too late',
	'end',
	'text',
	'credentials',
] as const;

export interface Difference {
	/** In a word: what went otherwise. */
	readonly kind: (typeof differenceKinds)[number];
	/** In a sentence. */
	readonly says: string;
}

export interface Verdict {
	readonly passed: boolean;
	readonly differences: readonly Difference[];
	/** Generating calls: `A gemini-3.8-flash @31.5: answer`. */
	readonly expected: readonly string[];
	readonly calls: readonly string[];
	/** How the asks ended, so far as the client told. */
	readonly ends: readonly (string | undefined)[];
}

interface Timed {
	readonly key: string;
	readonly what: string;
	/** NaN: does not matter. */
	readonly at: number;
	readonly served: string;
}

/** s of the scenario that are forgiven to whoever comes early: a delay may be taken to the second. */
const forgiven = 1;
/** Real s in which a process may come late, or early by its own reckoning. */
const slack = { early: 0.02, late: 1 };
/** s of the scenario: calls that follow each other so closely follow at once. */
const atOnce = 0.5;

/**
 * What came of it. Which of several healthy keys answers is the client's choice; which calls fail, how many, how early, and
 * how each ask ends is not.
 */
export function judge(
	scenario: Scenario,
	calls: readonly Call[],
	ended: readonly End[],
	{ scale }: Pick<Pace, 'scale'>,
): Verdict {
	const expected = expectedCalls(scenario);
	const made = calls.filter(({ what }) => what !== 'list');
	const ends = (scenario.asks ?? [{}]).map((_, n) => ended.findLast(({ ask }) => ask === n));
	const differences = [
		...ofCalls(scenario, expected, made, scale),
		...ends.flatMap((end, n) => ofEnd(end, n, scenario)),
		...ofCredentials(scenario, made),
	];
	return {
		passed: differences.length === 0,
		differences,
		expected: expected.map(told),
		calls: made.map(told),
		ends: ends.map((end) => end?.end),
	};
}

/** The first difference alone: what follows it follows from it. */
function ofCalls(
	scenario: Scenario,
	expected: readonly Timed[],
	made: readonly Timed[],
	scale: number,
): readonly Difference[] {
	if (made.length === 0 && expected.length > 0) return [{ kind: 'no call', says: 'No call came.' }];
	const namesKeys = scenario.asks?.some(({ project }) => project !== undefined) ?? false;
	const effectOf = ({ key, what, served }: Timed): string =>
		served === 'answer' && !namesKeys ? `answer of ${what}` : `${key} ${what} ${served}`;
	for (let n = 0; n < Math.max(expected.length, made.length); n++) {
		const [wanted, got] = [expected[n], made[n]];
		if (!wanted) {
			const says = `Call ${n + 1} should not have been made: ${got ? told(got) : ''}.`;
			return [{ kind: 'wasted call', says }];
		}
		if (!got) return [{ kind: 'missing call', says: `Call ${n + 1} did not come: ${told(wanted)}.` }];
		if (effectOf(wanted) !== effectOf(got)) {
			const kind = wanted.served === 'answer' ? 'wasted call' : 'other call';
			return [{ kind, says: `Call ${n + 1} was ${told(got)}; expected ${told(wanted)}.` }];
		}
		if (got.at < wanted.at - forgiven - slack.early * scale) {
			return [{ kind: 'too early', says: `Call ${n + 1} came at ${seconds(got.at)} s, not before ${wanted.at} s.` }];
		}
		const [wantedGap, gap] = [wanted.at - (expected[n - 1]?.at ?? NaN), got.at - (made[n - 1]?.at ?? NaN)];
		if (wantedGap <= atOnce && gap > wantedGap + forgiven + slack.late * scale) {
			return [{ kind: 'too late', says: `Call ${n + 1} came ${seconds(gap)} s after the one before, not at once.` }];
		}
	}
	return [];
}

function ofEnd(end: End | undefined, n: number, { expect }: Scenario): readonly Difference[] {
	if (!end) return [];
	const wanted = expect.ends[n];
	const isAsWanted = end.end === wanted || (end.end === 'failed' && wanted !== 'answered');
	const text = expect.texts?.[n];
	return [
		...(isAsWanted ? [] : [{ kind: 'end', says: `Ask ${n + 1} ended as ${end.end}; expected ${wanted}.` } as const]),
		...(text === undefined || end.text === undefined || end.text.trim() === text.trim()
			? []
			: [{ kind: 'text', says: `Ask ${n + 1} left "${end.text}" on the screen; expected "${text}".` } as const]),
	];
}

/** Only where a scenario is about them. */
function ofCredentials({ expect }: Scenario, made: readonly Call[]): readonly Difference[] {
	const wanted = expect.sent?.['credentials'];
	if (!Array.isArray(wanted)) return [];
	const wrong = made.map(credentialsOf).find((names) => names.join() !== wanted.join());
	return wrong
		? [{ kind: 'credentials', says: `The key came in ${wrong.join(', ')}; expected ${wanted.join(', ')}.` }]
		: [];
}

/** Where a call carries credentials. */
export function credentialsOf({ url, headers }: Pick<Call, 'url' | 'headers'>): readonly string[] {
	const { searchParams } = new URL(url);
	return [
		...['x-goog-api-key', 'authorization'].filter((name) => name in headers),
		...['key', 'access_token'].filter((name) => searchParams.has(name)),
	];
}

/** What the script says to the calls that the scenario expects. */
function expectedCalls(scenario: Scenario): readonly Timed[] {
	const script = new Upstream(scenario, () => 0);
	const times: number[] = [];
	for (const line of scenario.expect.calls) {
		const [, key = '', what = '', at] = /^(\S+) (\S+)(?: @(.+))?$/.exec(line) ?? [];
		if (what === 'list') continue;
		times.push(at === undefined ? NaN : Number(at));
		script.take(`http://localhost/v1beta/models/${what}:`, { 'x-goog-api-key': secretOf(key) }, '');
	}
	return script.calls.map((call, n) => ({ ...call, at: times[n] ?? NaN }));
}

function told({ key, what, at, served }: Timed): string {
	return `${key} ${what}${Number.isNaN(at) ? '' : ` @${seconds(at)}`}: ${served.replace(`${key}, `, '')}`;
}

function seconds(at: number): string {
	return String(Math.round(at * 10) / 10);
}
