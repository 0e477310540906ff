import { ahead } from '../queue/sharedQueue';
import { tokensOf } from '../health/modelRecord';
import { admit, type AdmissionRequest } from '../quota/lease';
import type { LeaseRequest } from '../types/leaseRequest';
import type { Bucket, EpochMs, QueueRecord, Transaction } from '../types/stateStore';
import type { Candidate } from './candidate';

/** Waiters of other windows that one step looks at. */
const maxAhead = 32;

/** Who of another window was there first, and takes or is kept the room that this request would need. */
export function firstInQueue(
	tx: Transaction,
	{ ticket }: LeaseRequest,
	{ bucketId: id, project }: Candidate,
	admission: AdmissionRequest,
	model: string,
	now: EpochMs,
): QueueRecord | undefined {
	if (!ticket) return undefined;
	let first: QueueRecord | undefined;
	let left: Bucket = tx.bucket(id);
	for (const other of ahead(tx.windowQueues(), ticket, now).slice(0, maxAhead)) {
		if (other.holds === id) return other;
		if (!other.models.includes(model) || (other.paid && project.tier !== 'paid')) continue;
		if (other.free === true && project.tier === 'paid') continue;
		if (other.project !== undefined && other.project !== project.id) continue;
		const admitted = admit(left, { ...admission, ...tokensOf(other.size, tx.model(model)) }, now);
		if ('reason' in admitted) continue;
		left = admitted.next;
		first ??= other;
	}
	return first && 'reason' in admit(left, admission, now) ? first : undefined;
}
