import { projectNumberIn, untilAborted, Failure, type KeyId, type Reason } from '../../pool/pool';

/** Checks a secret with `models.list`, which uses no generation quota. Throws `Failure`, or the signal's reason. */
export type Check = (secret: string, signal: AbortSignal) => Promise<void>;

/** What a check found. Only `refused` is the key's fault; `undecided` means that the check could not tell. */
export type CheckOutcome =
	| { readonly type: 'works' }
	| {
			readonly type: 'refused';
			readonly reason: Reason;
			readonly abuse: boolean;
			readonly failure: Failure;
	  }
	/** `consumer`: the project number, if the service named it. */
	| {
			readonly type: 'undecided';
			readonly reason: Reason;
			readonly consumer?: string;
	  }
	| { readonly type: 'cancelled' };

/** Checks that run at the same time. */
const concurrency = 3;

/**
 * Checks keys, three at a time, and reports each outcome as it comes. After a refusal that is an abuse signal (leaked,
 * suspended, denied), or if the user did not allow keys to go to this host, the rest is `cancelled`.
 */
export async function checkKeys(
	ids: readonly KeyId[],
	secretOf: (id: KeyId) => Promise<string | undefined>,
	check: Check,
	signal: AbortSignal,
	onOutcome: (id: KeyId, outcome: CheckOutcome) => void,
): Promise<ReadonlyMap<KeyId, CheckOutcome>> {
	const outcomes = new Map<KeyId, CheckOutcome>();
	const waiting = [...ids];
	let stopped = false;
	const worker = async (): Promise<void> => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			const outcome: CheckOutcome =
				stopped || signal.aborted
					? { type: 'cancelled' }
					: await checkOne(() => untilAborted(signal, secretOf(id)), check, signal);
			stopped ||= stopsAll(outcome);
			outcomes.set(id, outcome);
			onOutcome(id, outcome);
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
	return outcomes;
}

function stopsAll(outcome: CheckOutcome): boolean {
	return (
		(outcome.type === 'refused' && outcome.abuse) || (outcome.type === 'undecided' && outcome.reason === 'hostRefused')
	);
}

async function checkOne(
	read: () => Promise<string | undefined>,
	check: Check,
	signal: AbortSignal,
): Promise<CheckOutcome> {
	for (;;) {
		let secret: string | undefined;
		try {
			secret = await read();
		} catch {
			// A secret storage that hangs must not hold up who cancels.
			return signal.aborted ? { type: 'cancelled' } : { type: 'undecided', reason: 'keysLocked' };
		}
		if (secret === undefined) return { type: 'cancelled' };
		const outcome = await outcomeOf(secret, check, signal);
		// Replaced meanwhile: that was no word on the key that is there now.
		if (signal.aborted || (await read().catch(() => secret)) === secret) return outcome;
	}
}

async function outcomeOf(secret: string, check: Check, signal: AbortSignal): Promise<CheckOutcome> {
	try {
		await check(secret, signal);
		return { type: 'works' };
	} catch (error) {
		if (signal.aborted) {
			return { type: 'cancelled' };
		}
		if (!(error instanceof Failure)) {
			return { type: 'undecided', reason: 'unexpected' };
		}
		const { action } = error;
		if (action.type === 'quarantine') {
			return { type: 'refused', reason: action.reason, abuse: action.abuse, failure: error };
		}
		const consumer = projectNumberIn(action);
		return { type: 'undecided', reason: action.reason, ...(consumer !== undefined && { consumer }) };
	}
}

export type OutcomeCounts = Readonly<Record<CheckOutcome['type'], number>>;

/** How many outcomes there are of each type: for one sentence at the end. */
export function countOutcomes(outcomes: Iterable<CheckOutcome>): OutcomeCounts {
	const counts = { works: 0, refused: 0, undecided: 0, cancelled: 0 };
	for (const { type } of outcomes) {
		counts[type] += 1;
	}
	return counts;
}
