import type { Ledger, Wall } from '../types/stateStore';
import type { KeySetAside } from '../types/events';
import { deniedByState, deniedUntil } from '../quota/admissionChecks';
import { at } from '../quota/bucket';
import type { Target } from '../types/poolRequest';
import type { Denial, Grant } from '../types/leaseRequest';
import type { Reason, Verdict } from '../types/failure';

/** Tells, once each time, of the keys that are set aside for one request. */
export class SetAsides {
	/** The last failure after which the request stayed on its key, so that nobody was told of it. */
	private untold: { readonly on: Target; readonly why: Reason } | undefined;

	constructor(
		private readonly ledger: Ledger,
		private readonly tell: (event: KeySetAside) => void,
	) {}

	/** A send has failed, and the ledger has it. */
	failed({ act, why }: Verdict, grant: Grant, isSetAside: boolean): void {
		const on = { key: grant.key, model: grant.model };
		this.untold = isSetAside ? undefined : { on, why };
		if (isSetAside) this.told(on, why, coolsUntil(this.ledger, grant, act));
	}

	/**
	 * The request goes on elsewhere: it left a key during a back-off, or never asked one because its model rests for too long.
	 *
	 * @param insteadOf why the wanted model was not asked, where nothing was sent before
	 */
	switched(to: Target, insteadOf: Denial | undefined): void {
		const left = this.untold;
		this.untold = undefined;
		if (left) this.told(left.on, left.why, undefined);
		else if (insteadOf) {
			this.told({ key: insteadOf.on?.id ?? to.key, model: insteadOf.model }, insteadOf.why, insteadOf.retryAt);
		}
	}

	private told({ key, model }: Target, reason: Reason, until: Wall | undefined): void {
		this.tell({ key, model, reason, ...(until === undefined || until === Infinity ? {} : { until }) });
	}
}

/** Until when the key of a call that failed is not asked for this model, as the ledger has it after the failure. */
function coolsUntil(ledger: Ledger, { bucketId, key, resolved }: Grant, act: Verdict['act']): Wall | undefined {
	const docs = ledger.replica();
	const now = ledger.now();
	switch (act) {
		case 'rest':
		case 'close': {
			const bucket = docs.bucket.get(bucketId);
			return bucket && deniedByState(at(bucket, now), now)?.retryAt;
		}
		case 'closeForKey': {
			const record = docs.key.get(key);
			return record && deniedUntil(record, resolved, now);
		}
		case 'bench': {
			const state = docs.key.get(key)?.state;
			return state?.is === 'benched' ? state.recheckAt : undefined;
		}
		case 'backOff': {
			const { overloadedUntil = 0 } = docs.model.get(resolved) ?? {};
			return overloadedUntil > now ? overloadedUntil : undefined;
		}
		case 'skipTier':
		case 'tryOneOther':
		case 'replaceSignatures':
		case 'fail':
			return undefined;
	}
}
