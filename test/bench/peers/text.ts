import { compose } from '../../../src/simulator/answer/answer';

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
