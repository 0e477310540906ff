import type { KeyId, Reason } from '../../pool/pool';
import { consumerIn, Failure } from '../../pool/pool';

/** Asks the service about a secret with `models.list`, which uses no generation quota. Throws `Failure`, or as the signal says. */
export type Check = (secret: string, signal: AbortSignal) => Promise<void>;

/** What a check found. Only `refused` speaks against the key; `undecided` says that nobody could tell. */
export type CheckOutcome =
	| { readonly is: 'works' }
	| {
			readonly is: 'refused';
			readonly why: Reason;
			readonly said: string;
			readonly abuse: boolean;
			readonly failure: Failure;
	  }
	/** `consumer`: the project number that the service named, where it did. */
	| { readonly is: 'undecided'; readonly why: Reason; readonly consumer?: string }
	| { readonly is: 'cancelled' };

/** Checks at the same time. */
const width = 3;

/**
 * Checks keys, three at a time, and hands out each outcome as it comes. After a refusal that is an abuse signal
 * (leaked, suspended, denied), and where a person said that keys must not go to the host in force, the rest is left
 * alone, as `cancelled`.
 */
export async function checkKeys(
	ids: readonly KeyId[],
	secretOf: (id: KeyId) => Promise<string | undefined>,
	check: Check,
	signal: AbortSignal,
	done: (id: KeyId, outcome: CheckOutcome) => void,
): Promise<ReadonlyMap<KeyId, CheckOutcome>> {
	const outcomes = new Map<KeyId, CheckOutcome>();
	const waiting = [...ids];
	let stopped = false;
	const worker = async (): Promise<void> => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			const outcome: CheckOutcome =
				stopped || signal.aborted ? { is: 'cancelled' } : await checkOne(await secretOf(id), check, signal);
			stopped ||= endsAll(outcome);
			outcomes.set(id, outcome);
			done(id, outcome);
		}
	};
	await Promise.all(Array.from({ length: width }, worker));
	return outcomes;
}

function endsAll(outcome: CheckOutcome): boolean {
	return (outcome.is === 'refused' && outcome.abuse) || (outcome.is === 'undecided' && outcome.why === 'hostRefused');
}

async function checkOne(secret: string | undefined, check: Check, signal: AbortSignal): Promise<CheckOutcome> {
	if (secret === undefined) {
		return { is: 'cancelled' };
	}
	try {
		await check(secret, signal);
		return { is: 'works' };
	} catch (error) {
		if (signal.aborted) {
			return { is: 'cancelled' };
		}
		if (!(error instanceof Failure)) {
			return { is: 'undecided', why: 'unexpected' };
		}
		const { verdict, said } = error;
		if (verdict.act === 'bench') {
			return { is: 'refused', why: verdict.why, said, abuse: verdict.abuse, failure: error };
		}
		const consumer = consumerIn(verdict);
		return { is: 'undecided', why: verdict.why, ...(consumer !== undefined && { consumer }) };
	}
}

/** How many outcomes of each sort: for one sentence at the end. */
export function tally(outcomes: Iterable<CheckOutcome>): Readonly<Record<CheckOutcome['is'], number>> {
	const counts = { works: 0, refused: 0, undecided: 0, cancelled: 0 };
	for (const { is } of outcomes) {
		counts[is] += 1;
	}
	return counts;
}
