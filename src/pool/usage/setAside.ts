import type { StateStore, EpochMs } from '../types/stateStore';
import type { KeySetAside } from '../types/events';
import { rejectedByState, deniedUntil } from '../quota/admissionChecks';
import { at } from '../quota/bucket';
import type { Target } from '../types/poolRequest';
import type { Rejection, LeaseGrant } from '../types/leaseRequest';
import type { Reason, FailureAction } from '../types/failure';

/** Tells, once each time, of the keys that are set aside for one request. */
export class SetAsides {
	/** The last failure after which the request stayed on its key, so that nobody was told of it. */
	private untold: { readonly on: Target; readonly reason: Reason } | undefined;

	constructor(
		private readonly ledger: StateStore,
		private readonly tell: (event: KeySetAside) => void,
	) {}

	/** A send has failed, and the ledger has it. */
	failed({ type: act, reason }: FailureAction, grant: LeaseGrant, isSetAside: boolean): void {
		const on = { key: grant.key, model: grant.model };
		this.untold = isSetAside ? undefined : { on, reason };
		if (isSetAside) this.told(on, reason, coolsUntil(this.ledger, grant, act));
	}

	/**
	 * The request goes on elsewhere: it left a key during a back-off, or never asked one because its model rests for too long.
	 *
	 * @param insteadOf why the wanted model was not asked, where nothing was sent before
	 */
	switched(to: Target, insteadOf: Rejection | undefined): void {
		const left = this.untold;
		this.untold = undefined;
		if (left) this.told(left.on, left.reason, undefined);
		else if (insteadOf) {
			this.told({ key: insteadOf.on?.id ?? to.key, model: insteadOf.model }, insteadOf.reason, insteadOf.retryAt);
		}
	}

	private told({ key, model }: Target, reason: Reason, until: EpochMs | undefined): void {
		this.tell({ key, model, reason, ...(until === undefined || until === Infinity ? {} : { until }) });
	}
}

/** Until when the key of a call that failed is not asked for this model, as the ledger has it after the failure. */
function coolsUntil(
	ledger: StateStore,
	{ bucketId, key, resolved }: LeaseGrant,
	act: FailureAction['type'],
): EpochMs | undefined {
	const docs = ledger.replica();
	const now = ledger.now();
	switch (act) {
		case 'coolDown':
		case 'markUnsupported': {
			const bucket = docs.bucket.get(bucketId);
			return bucket && rejectedByState(at(bucket, now), now)?.retryAt;
		}
		case 'closeForKey': {
			const record = docs.key.get(key);
			return record && deniedUntil(record, resolved, now);
		}
		case 'quarantine': {
			const state = docs.key.get(key)?.status;
			return state?.state === 'quarantined' ? state.recheckAt : undefined;
		}
		case 'retrySameKey': {
			const { overloadedUntil = 0 } = docs.model.get(resolved) ?? {};
			return overloadedUntil > now ? overloadedUntil : undefined;
		}
		case 'excludeTier':
		case 'retryOtherKeyOnce':
		case 'replaceSignatures':
		case 'fail':
			return undefined;
	}
}
