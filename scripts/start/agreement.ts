import type { Entry } from '../../src/simulator/service';

/** One send of an answer's attempts, as the chat shows it. */
export interface ShownSend {
	readonly label: string;
	readonly model: string;
	/** `answered`, or the pool's reason. */
	readonly outcome: string;
}

/** A finished answer, as a person reads it in the window. */
export interface ShownAnswer {
	readonly question: string;
	readonly text: string;
	/** Label of the key that gave it. */
	readonly key: string;
	readonly fallbacks: number;
	readonly attempts: readonly ShownSend[];
}

/** The generating calls of a log, in the order in which the service took them. */
export function sendsOf(log: readonly Entry[]): readonly Entry[] {
	return log.filter(({ method }) => method === 'generateContent' || method === 'streamGenerateContent');
}

/**
 * Compares what the window shows with what the service saw, which share no code; `sends` are those of this one answer.
 * Returns one sentence for each disagreement.
 */
export function disagreements(shown: ShownAnswer, sends: readonly Entry[]): readonly string[] {
	const found: string[] = [];
	const check = (agree: boolean, otherwise: string): void => {
		if (!agree) {
			found.push(otherwise);
		}
	};
	const last = sends.at(-1);
	check(last?.outcome === 'answered' && last.end === 'complete', 'The simulator did not finish the last call.');
	check(last?.nonce !== undefined && shown.text.includes(last.nonce), 'The text is not the one the simulator gave.');
	check(last?.question === shown.question.slice(0, 500), 'The simulator was asked something else.');
	check(
		shown.attempts.length === sends.length,
		`${String(shown.attempts.length)} sends shown, ${String(sends.length)} made.`,
	);
	check(shown.attempts.at(-1)?.label === shown.key, 'The key under the answer is not the last one of the attempts.');
	check(
		shown.fallbacks === changes(sends),
		`${String(shown.fallbacks)} fallbacks shown, ${String(changes(sends))} made.`,
	);
	const labels = new Map<string, string>();
	for (const [n, { label, outcome }] of shown.attempts.entries()) {
		const send = sends[n];
		if (send === undefined) {
			break;
		}
		const known = labels.get(send.tail) ?? label;
		labels.set(send.tail, known);
		check(known === label, `One key is called both ${known} and ${label}.`);
		check(reasonOf(send).test(outcome), `Send ${String(n + 1)} (${label}) shows ${outcome}, and was ${send.outcome}.`);
	}
	check(new Set(labels.values()).size === labels.size, 'Two keys are shown by one label.');
	return found;
}

/** How often the next call went to another key or model. */
function changes(sends: readonly Entry[]): number {
	return sends.filter(({ tail, model }, n) => {
		const before = sends[n - 1];
		return before !== undefined && (before.tail !== tail || before.model !== model);
	}).length;
}

/** What the pool must call this outcome. */
function reasonOf({ outcome }: Entry): RegExp {
	if (outcome === 'answered') {
		return /^answered$/;
	}
	if (outcome.includes('api_key')) {
		return /^badKey$/;
	}
	const limit = ['rpd', 'tpm', 'rpm'].find((name) => outcome.includes(name));
	return limit === undefined ? /^(?!answered$)/ : new RegExp(`^${limit}$`);
}
