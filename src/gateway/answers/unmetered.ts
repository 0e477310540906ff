import type { Forwarded, ForwardRequest, Gemini } from '../../gemini/gemini';
import {
	Failure,
	isFreeOfCost,
	PoolError,
	untilAborted,
	type Clock,
	type KeyView,
	type Needs,
	type Pool,
} from '../../pool/pool';

export interface UnmeteredParts {
	readonly pool: Pick<Pool, 'snapshot' | 'recordCheck'>;
	readonly gemini: Pick<Gemini, 'forward'>;
	readonly clock: Clock;
	readonly blockedReason: (isAsked: false) => Promise<'hostRefused' | 'keysLocked' | undefined>;
}

/** Keys that one call tries. */
const maxKeys = 3;
/** ms. */
const maxMs = 30_000;

/**
 * A call that uses no quota of generation, such as a list of models or a count of tokens: it goes to any key that works,
 * takes no lease, and never waits. Throws `PoolError`.
 */
export async function callUnmetered(
	request: ForwardRequest,
	model: string,
	needs: Needs,
	signal: AbortSignal,
	{ pool, gemini, clock, blockedReason }: UnmeteredParts,
): Promise<Forwarded> {
	// A person may be asked meanwhile, which a client that leaves does not wait for.
	const reason = await untilAborted(signal, blockedReason(false)).catch((error: unknown) => {
		throw signal.aborted ? new PoolError('cancelled', []) : error;
	});
	if (reason !== undefined) throw new PoolError(reason, []);
	const { keys, paidOnly } = pool.snapshot();
	const demanded = { ...needs, paid: needs.paid || paidOnly };
	const able = keys.filter((view) => canCall(view, demanded)).sort((a, b) => order(a) - order(b));
	let last: Failure | undefined;
	for (const { key } of able.slice(0, maxKeys)) {
		// The key before may have shown a sign of abuse.
		if (pool.snapshot().paused) break;
		const own = new AbortController();
		const off = clock.after(maxMs, () => own.abort(new Error('The call took too long.')));
		try {
			const stop = AbortSignal.any([signal, own.signal]);
			for await (const { output } of await gemini.forward(request)({ key: key.id, model, written: [] }, stop)) {
				if (output) return output;
			}
		} catch (thrown) {
			if (signal.aborted) throw new PoolError('cancelled', []);
			if (!(thrown instanceof Failure)) throw new PoolError(own.signal.aborted ? 'deadline' : 'unexpected', []);
			last = thrown;
			if (last.action.type === 'quarantine') await pool.recordCheck(key.id, last);
			if (last.action.type === 'fail') break;
		} finally {
			off();
		}
	}
	if (pool.snapshot().paused) throw new PoolError('paused', []);
	if (last) throw new PoolError(last.action.reason, [], { serviceMessage: last.serviceMessage, model });
	throw new PoolError(keys.length === 0 ? 'noKeys' : demanded.paid ? 'paidOnly' : 'noUsableKey', []);
}

function canCall({ project, availability }: KeyView, { paid, free }: Needs): boolean {
	if (availability.state === 'quarantined' || availability.state === 'disabled') return false;
	return !(paid && project.tier !== 'paid') && !(free && !isFreeOfCost(project));
}

/** Keys that can answer now come first. The quota that a key has used up is another one, but still a hint. */
function order({ availability }: KeyView): number {
	return availability.state === 'usable' ? 0 : 1;
}
