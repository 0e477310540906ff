import { compose } from '../../../src/simulator/answer/answer';
import type { Entry } from '../../../src/simulator/service';
import { quantile } from '../measure';
import { minuteMs, model, sumOfQuotas, type Load, type Phase } from './load';
import type { Asked } from './messages';

/** What came of one run. */
export interface Tally {
	/** %, of the prompts at even load: answered, and the text is whole. */
	readonly success: number;
	/** %: whole answers that ended in the rush, of what the quotas have in that time. */
	readonly goodput: number;
	/** %, of the prompts of the rush: failed, not answered in time, or not whole. */
	readonly failed: number;
	/** Calls that did not become a whole answer which somebody got, for each one that did. */
	readonly wasted: number;
	/** Of these, calls that a quota refused. */
	readonly refused: number;
	/** Texts that were taken for answers and are not whole. */
	readonly lost: number;
	readonly doubled: number;
	/** Seconds to the first text that stayed, at even load, of the answered. */
	readonly first: number;
	readonly firstOfMost: number;
}

/** What the service says of the calls: how each of those ended that have, and all that it still knows. */
export interface Calls {
	readonly ended: ReadonlyMap<string, number>;
	readonly log: readonly Pick<Entry, 'method' | 'outcome'>[];
}

export function tallyOf(prompts: readonly Asked[], calls: Calls, { begin, even, rush }: Load): Tally {
	const judged = prompts.map((prompt) => ({
		...prompt,
		verdict:
			prompt.outcome.state === 'answered' ? judge(prompt.outcome.text, prompt.question, model) : prompt.outcome.state,
	}));
	const isWhole = ({ verdict }: (typeof judged)[number]): boolean => verdict === 'whole';
	const of = (name: Phase): typeof judged => judged.filter(({ phase }) => phase === name);
	const rushes = (begin + even) * minuteMs;
	const ended = judged.filter(
		(prompt) => isWhole(prompt) && prompt.end >= rushes && prompt.end < rushes + rush * minuteMs,
	);
	const wholes = judged.filter(isWhole).length;
	const each = (count: number): number => count / Math.max(1, wholes);
	const firsts = of('even')
		.filter(isWhole)
		.map(({ first = NaN, at }) => (first - at) / 1_000)
		.sort((a, b) => a - b);
	const percent = (part: number, whole: number): number => (100 * part) / whole;
	return {
		success: percent(of('even').filter(isWhole).length, of('even').length),
		goodput: percent(ended.length, sumOfQuotas * rush),
		failed: percent(of('rush').filter((prompt) => !isWhole(prompt)).length, of('rush').length),
		// A whole answer is one call's: its text is from the first word to the last that of one answer of the service.
		wasted: each(madeIn(calls) - wholes),
		refused: each(endedIn(calls, (outcome) => /^rejected:(rpm|tpm|rpd)/.test(outcome))),
		lost: judged.filter(({ verdict }) => verdict === 'lost').length,
		doubled: judged.filter(({ verdict }) => verdict === 'doubled').length,
		first: quantile(firsts, 0.5),
		firstOfMost: quantile(firsts, 0.95),
	};
}

/** All generating calls: those that have ended, and those of prompts that nobody waits for any more. */
function madeIn(calls: Calls): number {
	const underWay = calls.log.filter(({ method, outcome }) => outcome === 'open' && method.endsWith('enerateContent'));
	return endedIn(calls, () => true) + underWay.length;
}

function endedIn({ ended }: Calls, isMeant: (outcome: string) => boolean): number {
	return [...ended].reduce((sum, [outcome, count]) => sum + (isMeant(outcome) ? count : 0), 0);
}

/** How a text that somebody took for an answer compares with what the service wrote. */
export type Verdict =
	| 'whole'
	/** A part is missing. */
	| 'lost'
	/** A part is there twice, or two answers are in it. */
	| 'doubled';

const nonces = /sim-answer-[0-9a-f]{12}/g;

/** The simulator's answers differ in their nonce alone, so that the whole text is known from it. */
export function judge(text: string, question: string, model: string): Verdict {
	const found = new Set(text.match(nonces));
	const [nonce = ''] = found;
	const whole = expected(question, model, nonce);
	if (text === whole) return 'whole';
	const opening = whole.slice(0, whole.indexOf('\n'));
	return found.size > 1 || text.split(opening).length > 2 || text.length > whole.length ? 'doubled' : 'lost';
}

function expected(question: string, model: string, nonce: string): string {
	const request = {
		question,
		inputTokens: 0,
		cachedTokens: 0,
		hasSystemInstruction: false,
		maxOutputTokens: Infinity,
		wantsThoughts: false,
		tools: { declared: [], mustCall: false, results: [] },
		format: { type: 'text' },
	} as const;
	return [...compose(request, model, nonce)].join('');
}
