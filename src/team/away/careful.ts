import {
	bucketAt,
	cooldownEnd,
	reconcile,
	sentToday,
	spendingAt,
	type Bucket,
	type ClientCount,
	type EpochMs,
	type KeyRecord,
	type KeyState,
	type LeaseId,
	type MinuteCounter,
	type PoolRecord,
	type SpendingRecord,
	type Spent,
	type Write,
} from '../../pool/pool';

/**
 * Two copies of one document, each of which may lack what the other has: what either knows counts, once. Merging the same
 * copy again changes nothing, so that each window of a machine may do it. Both are of one kind.
 *
 * @param sameLease the same for the two names of a lease: that of its window, and that of the team
 */
export function careful(a: Write, b: Write, now: EpochMs, sameLease: (lease: LeaseId) => string = (id) => id): Write {
	switch (b.kind) {
		case 'bucket':
			return a.kind === 'bucket' ? { ...b, doc: bucket(bucketAt(a.doc, now), bucketAt(b.doc, now), sameLease) } : b;
		case 'key':
			return a.kind === 'key' ? { ...b, doc: key(a.doc, b.doc) } : b;
		case 'spending':
			// Where one of them has charged what ran out, the other would hold it for another charge.
			return a.kind === 'spending'
				? { ...b, doc: spending(spendingAt(a.doc, now), spendingAt(b.doc, now), sameLease) }
				: b;
		case 'client':
			return a.kind === 'client' ? { ...b, doc: client(a.doc, b.doc) } : b;
		case 'pool':
			return a.kind === 'pool' ? { ...b, doc: pool(a.doc, b.doc) } : b;
		// For these, merging takes the later or the union already.
		case 'model':
		case 'cooldown':
			return reconcile(a, b, undefined, now);
		default:
			return b;
	}
}

function bucket(a: Bucket, b: Bucket, sameLease: (lease: LeaseId) => string): Bucket {
	const limits = { ...a.limits };
	for (const [dimension, limit] of Object.entries(b.limits) as [keyof Bucket['limits'], Bucket['limits']['rpm']][]) {
		const other = limits[dimension];
		if (limit && (!other || other.at <= limit.at)) limits[dimension] = limit;
	}
	const [sustainedRpm, externalUsage] = [
		Math.max(a.sustainedRpm ?? 0, b.sustainedRpm ?? 0),
		(a.externalUsage?.until ?? 0) > (b.externalUsage?.until ?? 0) ? a.externalUsage : b.externalUsage,
	];
	return {
		v: 2,
		status: cooldownEnd(a.status) > cooldownEnd(b.status) ? a.status : b.status,
		limits,
		minute: minute(a.minute, b.minute),
		day:
			a.day.endsAt === b.day.endsAt
				? {
						endsAt: a.day.endsAt,
						requests: Math.max(a.day.requests, b.day.requests),
						input: Math.max(a.day.input, b.day.input),
						sent: Math.max(sentToday(a), sentToday(b)),
					}
				: later(a.day, b.day),
		leases: union(a.leases, b.leases, ({ id }) => id, sameLease),
		...(sustainedRpm > 0 ? { sustainedRpm } : {}),
		...(externalUsage ? { externalUsage } : {}),
	};
}

/** Copies of one history have counters that begin at the same times. */
function minute(a: readonly MinuteCounter[], b: readonly MinuteCounter[]): readonly MinuteCounter[] {
	const byStart = new Map<EpochMs, MinuteCounter>(a.map((one) => [one[0], one]));
	for (const [first, last, requests, input] of b) {
		const other = byStart.get(first) ?? [first, last, 0, 0];
		byStart.set(first, [first, Math.max(last, other[1]), Math.max(requests, other[2]), Math.max(input, other[3])]);
	}
	return [...byStart.values()].sort((one, two) => one[0] - two[0]);
}

function key(a: KeyRecord, b: KeyRecord): KeyRecord {
	const counts = {
		success: Math.max(a.success, b.success),
		fail: Math.max(a.fail, b.fail),
		tokens: {
			input: Math.max(a.tokens.input, b.tokens.input),
			output: Math.max(a.tokens.output, b.tokens.output),
		},
	};
	const rest = reconcile(
		{ kind: 'key', id: '' as never, doc: a },
		{ kind: 'key', id: '' as never, doc: b },
		undefined,
		0,
	);
	return {
		...(rest.kind === 'key' ? rest.doc : b),
		...counts,
		status: since(a.status) > since(b.status) ? a.status : b.status,
	};
}

/** When it was decided; 0 for a key that nobody has tried. */
function since(status: KeyState): EpochMs {
	return status.state === 'unverified' ? 0 : status.since;
}

function spending(a: SpendingRecord, b: SpendingRecord, sameLease: (lease: LeaseId) => string): SpendingRecord {
	const [day, month] = [a.day.endsAt === b.day.endsAt, a.month.endsAt === b.month.endsAt];
	return {
		...b,
		day: day
			? {
					...most(a.day, b.day),
					requests: Math.max(a.day.requests, b.day.requests),
					tokens: Math.max(a.day.tokens, b.day.tokens),
				}
			: later(a.day, b.day),
		month: month ? most(a.month, b.month) : later(a.month, b.month),
		reservations: union(a.reservations, b.reservations, ({ lease }) => lease, sameLease),
	};
}

function most<S extends Spent>(a: S, b: S): S {
	const { raised, raisedFrom = b.raisedFrom } = a.raised > b.raised ? a : b;
	return { ...b, cost: Math.max(a.cost, b.cost), raised, ...(raisedFrom !== undefined && { raisedFrom }) };
}

function client(a: ClientCount, b: ClientCount): ClientCount {
	const isSame = a.day.endsAt === b.day.endsAt;
	const day = {
		endsAt: b.day.endsAt,
		requests: Math.max(a.day.requests, b.day.requests),
		input: Math.max(a.day.input, b.day.input),
		output: Math.max(a.day.output, b.day.output),
	};
	return { ...b, lastUsedAt: Math.max(a.lastUsedAt, b.lastUsedAt), day: isSame ? day : later(a.day, b.day) };
}

function pool(a: PoolRecord, b: PoolRecord): PoolRecord {
	const paused = b.paused ?? a.paused;
	return paused ? { ...b, paused } : b;
}

function later<T extends { readonly endsAt: EpochMs }>(a: T, b: T): T {
	return a.endsAt > b.endsAt ? a : b;
}

/** Of two with one lease, the one that its window knows by name: it can settle it. */
function union<T>(
	a: readonly T[],
	b: readonly T[],
	leaseOf: (one: T) => LeaseId,
	sameLease: (lease: LeaseId) => string,
): readonly T[] {
	const found = new Map<string, T>(b.map((one) => [sameLease(leaseOf(one)), one]));
	for (const one of a) {
		const name = sameLease(leaseOf(one));
		if (!found.has(name) || leaseOf(one) !== name) found.set(name, one);
	}
	return [...found.values()];
}
