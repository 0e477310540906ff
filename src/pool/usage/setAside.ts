import type { StateStore, EpochMs } from '../types/stateStore';
import type { KeySetAside } from '../types/events';
import { rejectedByState, deniedUntil } from '../quota/admissionChecks';
import { bucketAt } from '../quota/bucket';
import type { Target } from '../types/poolRequest';
import type { Rejection, LeaseGrant } from '../types/leaseRequest';
import type { Reason, FailureAction } from '../types/failure';

/** Tells, once each time, of the keys that are set aside for one request. */
export class SetAsides {
	/** The last failure after which the request stayed on its key, so that nobody was told of it. */
	private unreported: { readonly on: Target; readonly reason: Reason } | undefined;

	constructor(
		private readonly store: StateStore,
		private readonly emit: (event: KeySetAside) => void,
	) {}

	/** A send has failed, and the ledger has it. */
	failed({ type, reason }: FailureAction, grant: LeaseGrant, isSetAside: boolean): void {
		const on = { key: grant.key, model: grant.model };
		this.unreported = isSetAside ? undefined : { on, reason };
		if (isSetAside) this.report(on, reason, coolsUntil(this.store, grant, type));
	}

	/**
	 * The request goes on elsewhere: it left a key during a back-off, or never asked one because its model rests for too long.
	 *
	 * @param insteadOf why the wanted model was not asked, where nothing was sent before
	 */
	switched(to: Target, insteadOf: Rejection | undefined): void {
		const left = this.unreported;
		this.unreported = undefined;
		if (left) this.report(left.on, left.reason, undefined);
		else if (insteadOf) {
			this.report({ key: insteadOf.on?.id ?? to.key, model: insteadOf.model }, insteadOf.reason, insteadOf.retryAt);
		}
	}

	private report({ key, model }: Target, reason: Reason, until: EpochMs | undefined): void {
		this.emit({ key, model, reason, ...(until === undefined || until === Infinity ? {} : { until }) });
	}
}

/** Until when the key of a call that failed is not asked for this model, as the ledger has it after the failure. */
function coolsUntil(
	store: StateStore,
	{ bucketId, key, resolved }: LeaseGrant,
	type: FailureAction['type'],
): EpochMs | undefined {
	const docs = store.replica();
	const now = store.now();
	switch (type) {
		case 'coolDown':
		case 'markUnsupported': {
			const bucket = docs.bucket.get(bucketId);
			return bucket && rejectedByState(bucketAt(bucket, now), now)?.retryAt;
		}
		case 'denyModel': {
			const record = docs.key.get(key);
			return record && deniedUntil(record, resolved, now);
		}
		case 'quarantine': {
			const status = docs.key.get(key)?.status;
			return status?.state === 'quarantined' ? status.recheckAt : undefined;
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
