import * as v from 'valibot';
import {
	bucketAfter,
	leaseOf,
	spendingAfter,
	type Bucket,
	type BucketEvent,
	type CallEvent,
	type Docs,
	type EpochMs,
	type LeaseId,
	type Room,
	type SpendingEvent,
	type Write,
} from '../../pool/pool';
import type { Addition } from '../link/link';
import { maxSkewMs } from './bounds';
import type { Identity } from './identity';

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const lease = v.string();
const eventOf = <const T extends string, S extends v.ObjectEntries>(type: T, entries: S) =>
	v.looseObject({ type: v.literal(type), at: count, ...entries });

/** What each event must have, so that no document fails on it. */
const shapes = {
	bucket: v.array(
		v.variant('type', [
			eventOf('admitted', {
				lease: v.looseObject({
					...{ id: lease, input: count, requests: v.optional(count), sentAt: count, expiresAt: count },
					tests: v.optional(v.picklist(['rpm', 'tpm', 'rpd', 'tpd'])),
				}),
			}),
			eventOf('firstChunk', { lease }),
			eventOf('renewed', { lease, leaseMs: count }),
			eventOf('ended', {
				lease,
				outcome: v.looseObject({
					...{ type: v.picklist(['answered', 'spent', 'refused', 'unsent']), input: v.optional(count) },
				}),
			}),
		]),
	),
	spending: v.array(
		v.variant('type', [
			eventOf('reserved', {
				hold: v.looseObject({
					...{ lease, cost: count, tokens: count, requests: v.optional(count), expiresAt: count },
				}),
			}),
			eventOf('extended', { lease, expiresAt: count }),
			eventOf('settled', {
				lease,
				settlement: v.looseObject({ cost: count, tokens: v.optional(count), isCounted: v.boolean() }),
			}),
		]),
	),
};

/** What calls have done to one document, as the team sees it: no id of a request or a window. `docs` is what is known here. */
export function additionOf(
	name: string,
	calls: readonly CallEvent[],
	docs: Pick<Docs, 'bucket'>,
	identity: Identity,
): Addition {
	const alias = (id: LeaseId): LeaseId => identity.alias('lease', id) as LeaseId;
	const taken = calls.map((call) => takenBy(call, docs));
	return {
		...{ name, event: JSON.stringify(calls.map((call) => sharedEvent(call, alias))) },
		requests: Math.ceil(taken.reduce((sum, { requests }) => sum + requests, 0)),
		input: Math.ceil(taken.reduce((sum, { input }) => sum + input, 0)),
	};
}

function sharedEvent({ event }: CallEvent, alias: (id: LeaseId) => LeaseId): BucketEvent | SpendingEvent {
	switch (event.type) {
		case 'admitted':
			return { ...event, lease: { ...event.lease, holder: '', id: alias(event.lease.id) } };
		case 'reserved':
			return { ...event, hold: { ...event.hold, lease: alias(event.hold.lease) } };
		default:
			return { ...event, lease: alias(event.lease) };
	}
}

/** What it takes of a bucket's limits. What it gives back counts for others once they have heard of it. */
function takenBy({ id, kind, event }: CallEvent, docs: Pick<Docs, 'bucket'>): Room {
	if (event.type === 'admitted') return { requests: event.lease.requests ?? 1, input: event.lease.input };
	const bucket = kind === 'bucket' ? docs.bucket.get(id) : undefined;
	if (!bucket || event.type !== 'ended' || !('input' in event.outcome)) return { requests: 0, input: 0 };
	const more = (event.outcome.input ?? 0) - (leaseOf(bucket, event.lease)?.input ?? 0);
	return { requests: 0, input: Math.max(0, more) };
}

/** The document after what was added to it, by the lines on the server. What is no event counts as nothing. */
export function withAdditions(write: Write, lines: readonly string[], now: EpochMs): Write {
	if (write.kind === 'bucket') {
		const after = (doc: Bucket, event: BucketEvent): Bucket => {
			// What comes late must not take a lease for one of the future, which was sent since.
			const latest = Math.min(now + maxSkewMs, Math.max(0, ...doc.leases.map(({ sentAt }) => sentAt)));
			const at = Math.max(event.at, latest);
			// A lease is corrected where it was counted.
			if (event.type === 'admitted') return bucketAfter(doc, { ...event, at, lease: { ...event.lease, sentAt: at } });
			return bucketAfter(doc, { ...event, at });
		};
		return { ...write, doc: eventsIn('bucket', lines, now).reduce(after, write.doc) };
	}
	if (write.kind !== 'spending') return write;
	return { ...write, doc: eventsIn('spending', lines, now).reduce(spendingAfter, write.doc) };
}

interface Events {
	readonly bucket: BucketEvent;
	readonly spending: SpendingEvent;
}

function eventsIn<K extends keyof Events>(kind: K, lines: readonly string[], now: EpochMs): readonly Events[K][] {
	return lines.flatMap((line): readonly Events[K][] => {
		const value = parsed(line.replace(/^\d+ \d+ \d+ /, ''));
		if (!v.is(shapes[kind], value) || value.some(({ at }) => at > now + maxSkewMs)) return [];
		return value as unknown as readonly Events[K][];
	});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
